"""The FastAPI peer's insert: every activity once, all or nothing."""

from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from benchmarks.peers.fastapi_shapes import ActivityIn

AUTHORS = """
SELECT author.id, author.identifier, author.full_name, author.email
FROM unnest($1::text[], $2::text[], $3::text[]) AS given (identifier, full_name, email)
JOIN author ON author.full_name = given.full_name
  AND author.identifier IS NOT DISTINCT FROM given.identifier AND author.email IS NOT DISTINCT FROM given.email
"""
ADD_AUTHORS = """
INSERT INTO author (identifier, full_name, email)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) ON CONFLICT DO NOTHING
"""
ADD_ACTIVITIES = """
INSERT INTO activity (
  id, type, target_type, target_id, source_domain, occurred_at, time_to_live, expires_at, old_data, new_data,
  author_id, correlation_id, recorded_at, client_id
)
SELECT *, $13::timestamptz, $14::bigint
FROM unnest(
  $1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::text[], $8::timestamptz[],
  $9::jsonb[], $10::jsonb[], $11::bigint[], $12::text[]
)
ON CONFLICT DO NOTHING
RETURNING id
"""
STORED = """
SELECT id, type, target_type, target_id, source_domain, occurred_at, time_to_live, old_data, new_data, author_id
FROM activity WHERE id = ANY($1::uuid[])
"""

AuthorIds = dict[tuple[str | None, str, str | None], int]


class Conflict(Exception):
    """Activities with these ids are stored with other content."""


async def store(connection: Any, activities: list[ActivityIn], client_id: int, now: datetime) -> set[UUID]:
    """The ids of those that are new. Raises Conflict, with nothing stored."""
    authors = await author_ids(connection, {activity.author.key for activity in activities})
    # One statement is a transaction by itself.
    async with connection.transaction() if len(activities) > 1 else nullcontext():
        rows = sorted((values_of(activity, authors) for activity in activities), key=lambda row: row[0])
        added = await connection.fetch(ADD_ACTIVITIES, *map(list, zip(*rows, strict=True)), now, client_id)
        created = {row["id"] for row in added}
        others = [activity for activity in activities if activity.id not in created]
        if others:
            stored = await connection.fetch(STORED, [activity.id for activity in others])
            same = {row["id"]: tuple(row.values()) for row in stored}
            if different := [one.id for one in others if same.get(one.id) != content_of(one, authors)]:
                raise Conflict(different)
    return created


async def author_ids(connection: Any, wanted: set[tuple[str | None, str, str | None]]) -> AuthorIds:
    columns = [list(column) for column in zip(*sorted(wanted, key=repr), strict=True)]
    found = await connection.fetch(AUTHORS, *columns)
    if len(found) < len(wanted):
        await connection.execute(ADD_AUTHORS, *columns)
        found = await connection.fetch(AUTHORS, *columns)
    return {(row["identifier"], row["full_name"], row["email"]): row["id"] for row in found}


def content_of(activity: ActivityIn, authors: AuthorIds) -> tuple[Any, ...]:
    return (
        activity.id,
        activity.type,
        activity.targetType,
        activity.targetId,
        activity.sourceDomain,
        activity.datetime,
        activity.timeToLive,
        activity.oldData,
        activity.newData,
        authors[activity.author.key],
    )


def values_of(activity: ActivityIn, authors: AuthorIds) -> tuple[Any, ...]:
    *kept, old_data, new_data, author_id = content_of(activity, authors)
    return (*kept, expires_at(activity), old_data, new_data, author_id, activity.correlationId)


def expires_at(activity: ActivityIn) -> datetime:
    if activity.timeToLive:
        return activity.datetime + timedelta(days=int(activity.timeToLive[1:-1]))
    years = activity.datetime.year + 7
    if (activity.datetime.month, activity.datetime.day) == (2, 29):
        return activity.datetime.replace(year=years, day=28)
    return activity.datetime.replace(year=years)
