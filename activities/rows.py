"""Activities as the statements take them."""

from collections.abc import Iterable, Mapping, Sequence

import orjson

from activities.new_activities import AuthorSnapshot, NewActivity
from activities.postgres_formats import Array, documents, moments, numbers, texts, uuids

_TEXTS = ("type", "target_type", "target_id", "source_domain", "time_to_live", "correlation_id")
_MOMENTS = ("occurred_at", "expires_at")


def as_arrays(activities: Sequence[NewActivity], author_ids: Mapping[AuthorSnapshot, int]) -> dict[str, Array]:
    """The columns for `record_activities`."""
    columns = dict(zip(NewActivity._fields, zip(*activities, strict=True), strict=True))
    written_by = list({activity.author for activity in activities})
    identifiers, full_names, emails = zip(*written_by, strict=True)
    return {
        "id": uuids(columns["id"]),
        **{name: texts(columns[name]) for name in _TEXTS},
        **{name: moments(columns[name]) for name in _MOMENTS},
        "old_data": documents(columns["old_data"]),
        "new_data": documents(columns["new_data"]),
        "author_id": numbers(author_ids[author] for author in columns["author"]),
        "author_ids": numbers(author_ids[author] for author in written_by),
        "identifiers": texts(identifiers),
        "full_names": texts(full_names),
        "emails": texts(emails),
    }


def as_json(activities: Iterable[NewActivity]) -> dict[str, bytes]:
    """The rows for `compare_with_stored`, which name their authors by number."""
    numbered: dict[AuthorSnapshot, int] = {}
    rows = [
        {
            "id": activity.id,
            "type": activity.type,
            "target_type": activity.target_type,
            "target_id": activity.target_id,
            "source_domain": activity.source_domain,
            "occurred_at": activity.occurred_at,
            "time_to_live": activity.time_to_live,
            "old_data": activity.old_data and orjson.Fragment(activity.old_data),
            "new_data": activity.new_data and orjson.Fragment(activity.new_data),
            "author": numbered.setdefault(activity.author, len(numbered)),
        }
        for activity in activities
    ]
    return {"rows": orjson.dumps(rows), "authors": authors_as_json(numbered)}


def authors_as_json(authors: Iterable[AuthorSnapshot]) -> bytes:
    return orjson.dumps([{"number": number, **author._asdict()} for number, author in enumerate(authors)])
