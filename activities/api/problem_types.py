"""Every kind of problem that the API answers with: its page under /api/docs/problems/ is made from this."""

from typing import NamedTuple


class ProblemType(NamedTuple):
    """A kind of problem; `slug` ends its address."""

    slug: str
    status: int
    title: str
    meaning: str
    cure: str


_TYPES = [
    ProblemType(
        "bad-request",
        400,
        "The request cannot be read",
        "Something about the request line or its headers is not as HTTP or this API wants it.",
        "Read the detail, correct the header it names, and send again.",
    ),
    ProblemType(
        "malformed-json",
        400,
        "The body is not JSON",
        "The body could not be read as JSON in UTF-8 (RFC 8259). Nothing was stored.",
        "Correct the place that the detail names. Most languages' own JSON writers get this right.",
    ),
    ProblemType(
        "invalid-activities",
        400,
        "Members of the body are wrong",
        "The body is JSON, but one or more members break the contract. Nothing was stored. `errors` points at "
        "each (at most 100), by JSON Pointer (RFC 6901), with its cure.",
        "Correct each member and send the whole again. To store the good ones of an array all the same, send "
        "`Prefer: handling=lenient`.",
    ),
    ProblemType(
        "invalid-parameters",
        400,
        "Parameters are wrong",
        "One or more query parameters are unknown, repeated or have a value that cannot be. `errors` names each.",
        "Correct or leave out the parameters that `errors` names.",
    ),
    ProblemType(
        "invalid-viewer-link",
        400,
        "The viewer link that was asked for is wrong",
        "The body is JSON, but does not say which targets a viewer link is to show and for how many minutes. `errors` "
        "points at each fault, by JSON Pointer (RFC 6901), with its cure. No link was made.",
        "Correct each member and send the whole again.",
    ),
    ProblemType(
        "unauthenticated",
        401,
        "A valid token is needed",
        "There was no bearer token, or it is expired, altered, revoked, or not from an issuer accepted here.",
        "Send `Authorization: Bearer …` with a valid token. Whoever runs the service issues one with "
        "`manage.py issue_token`.",
    ),
    ProblemType(
        "missing-scope",
        403,
        "The token does not allow this",
        "The token is valid, but lacks the scope that this request needs.",
        "Ask whoever runs the service for a token with the scope that the detail names.",
    ),
    ProblemType(
        "domain-not-allowed",
        403,
        "The token does not allow this source domain",
        "The token may write only for the source domains it names. Nothing was stored.",
        "Set `sourceDomain` to one that the token names, or ask for a token that names yours.",
    ),
    ProblemType(
        "not-for-residents",
        403,
        "Not for residents",
        "A token for a resident only reads, and is not told who did something.",
        "Use a staff token, or leave `authorId` out.",
    ),
    ProblemType(
        "forbidden",
        403,
        "This account may not do this",
        "A page for staff refused the account, or a form did not come from its own page.",
        "Open the page again and send the form anew, or sign in with an account that may.",
    ),
    ProblemType(
        "not-found",
        404,
        "There is nothing here",
        "There is no such path, or no such activity that this token may read and that has not expired.",
        "Check the path and the id.",
    ),
    ProblemType(
        "no-activities",
        404,
        "No activities about these targets",
        "None of the targets asked for has a record that this token may read and that has not expired; or a viewer "
        "link was asked for to a target that this token may not read.",
        "Check the target ids: they are compared byte for byte.",
    ),
    ProblemType(
        "method-not-allowed",
        405,
        "The method is not allowed here",
        "The path exists, but not with this method. The `Allow` header lists those it has.",
        "Use one of the methods in `Allow`.",
    ),
    ProblemType(
        "not-acceptable",
        406,
        "Only JSON is served",
        "The `Accept` header refuses application/json, and nothing else is served here.",
        "Send `Accept: application/json`, or no `Accept` at all.",
    ),
    ProblemType(
        "activity-conflict",
        409,
        "An id is stored with other content",
        "Activities are never changed: an id that is stored already came again with other content. Nothing was stored.",
        "To repeat a write, send the same content. To record something else, use a new id.",
    ),
    ProblemType(
        "length-required",
        411,
        "The length of the body is needed",
        "The request has no `Content-Length` header (a chunked body, for example).",
        "Send the body whole, with its `Content-Length`.",
    ),
    ProblemType(
        "body-too-large",
        413,
        "The body is too large",
        "A body has at most 5 MiB (5,242,880 bytes).",
        "Send fewer activities in one request.",
    ),
    ProblemType(
        "unsupported-media-type",
        415,
        "The body must be JSON",
        "The `Content-Type` is not application/json, its charset is not UTF-8, or the body is compressed.",
        "Send `Content-Type: application/json`, uncompressed.",
    ),
    ProblemType(
        "feed-began-anew",
        410,
        "The feed has begun anew",
        "A backup was restored since the token was given, so the place that it tells says nothing any more.",
        "Follow the feed from its beginning, without `after`, and drop what you have of before.",
    ),
    ProblemType(
        "idempotency-key-reused",
        422,
        "The idempotency key was used for other content",
        "The same `Idempotency-Key` came before, from the same client, with other content. Nothing was stored.",
        "Use a new key for each new request; repeat a key only with the very same body.",
    ),
    ProblemType(
        "too-many-requests",
        429,
        "Too many in one minute",
        "The client has sent as many requests, or activities, as it may in this minute. Nothing was stored.",
        "Wait for the seconds in `Retry-After` and send the same again. `RateLimit-Policy` says what the client may, "
        "`RateLimit` what is left of it; whoever runs the service can raise it.",
    ),
    ProblemType(
        "internal-error",
        500,
        "Something went wrong here",
        "The service failed. A write may or may not have been stored.",
        "Send again: writes with an id or an `Idempotency-Key` are safe to repeat. If it stays, report the "
        "`correlationId`.",
    ),
    ProblemType(
        "unavailable",
        503,
        "Not available at the moment",
        "The database, or another issuer's keys, cannot be reached, the database took too long, or other writers were "
        "in the way.",
        "Wait for the seconds in `Retry-After` and send again. Writes with an id or an `Idempotency-Key` are safe "
        "to repeat.",
    ),
    ProblemType(
        "too-broad",
        503,
        "The search took too long",
        "A filtered read took more than 2 seconds and was ended.",
        "Narrow it: a target, a shorter window between `occurredFrom` and `occurredTo`, or fewer filters.",
    ),
]
PROBLEM_TYPES = {kind.slug: kind for kind in _TYPES}
