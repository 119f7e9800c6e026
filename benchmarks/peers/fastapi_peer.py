"""The same API by FastAPI, asyncpg, pydantic and PyJWT, as their documentation teaches it.

Async path operations, `Annotated` dependencies, a pool made in the lifespan whose statements asyncpg prepares and
keeps, a codec for jsonb, and a response model, so that pydantic writes the JSON in Rust, which FastAPI's
documentation recommends over its ORJSONResponse of before. Serve it with uvicorn, one process.
"""

import hmac
import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import jwt
from fastapi import Depends, FastAPI, HTTPException, Query, Request, Response, status
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, Field

from benchmarks.peers.fastapi_shapes import ActivityIn, ActivityOut, Outcome, Page
from benchmarks.peers.fastapi_store import Conflict, store

KEY = os.environ["JWT_KEY"]
ISSUER = "benchmark"

COLUMNS = """
  activity.id, type, target_type, target_id, source_domain, occurred_at, time_to_live, old_data, new_data,
  identifier, full_name, email, correlation_id, recorded_at, expires_at
"""
ONE = f"""
SELECT {COLUMNS} FROM activity JOIN author ON author.id = author_id
WHERE activity.id = $1 AND (expires_at IS NULL OR expires_at > $2)
"""  # noqa: S608 (constant text)
FIRST_PAGE = f"""
SELECT {COLUMNS} FROM activity JOIN author ON author.id = author_id
WHERE target_id = $1 AND (expires_at IS NULL OR expires_at > $2)
ORDER BY occurred_at DESC, activity.id DESC LIMIT $3
"""  # noqa: S608
NEXT_PAGE = f"""
SELECT {COLUMNS} FROM activity JOIN author ON author.id = author_id
WHERE target_id = $1 AND (expires_at IS NULL OR expires_at > $2) AND (occurred_at, activity.id) < ($4, $5)
ORDER BY occurred_at DESC, activity.id DESC LIMIT $3
"""  # noqa: S608


async def prepare(connection: Any) -> None:
    await connection.set_type_codec("jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog")


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
    async with asyncpg.create_pool(min_size=4, max_size=4, init=prepare) as pool:
        rows = await pool.fetch("SELECT name, id FROM api_client WHERE revoked_at IS NULL")
        yield {"pool": pool, "clients": {row["name"]: row["id"] for row in rows}}


app = FastAPI(lifespan=lifespan)
bearer = HTTPBearer()


class Caller(BaseModel):
    name: str
    scopes: set[str]

    def must_hold(self, scope: str) -> None:
        if scope not in self.scopes:
            raise HTTPException(status.HTTP_403_FORBIDDEN, f"The token lacks {scope}.")


async def current_caller(credentials: Annotated[HTTPAuthorizationCredentials, Depends(bearer)]) -> Caller:
    try:
        claims = jwt.decode(credentials.credentials, KEY, algorithms=["HS256"], audience=ISSUER, issuer=ISSUER)
    except jwt.InvalidTokenError:
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, "The token is not valid.") from None
    return Caller(name=claims["sub"], scopes=set(claims["scope"].split()))


CurrentCaller = Annotated[Caller, Depends(current_caller)]


@app.get("/api/v1/activities", response_model=Page)
async def list_activities(
    request: Request,
    caller: CurrentCaller,
    targetId: Annotated[str, Query(min_length=1, max_length=255)],
    pageSize: Annotated[int, Query(ge=1, le=1000)] = 20,
    paginationToken: str | None = None,
) -> dict[str, Any]:
    caller.must_hold("activities:read")
    now, wanted = datetime.now(UTC), pageSize + 1
    if paginationToken is None:
        rows = await request.state.pool.fetch(FIRST_PAGE, targetId, now, wanted)
    else:
        rows = await request.state.pool.fetch(NEXT_PAGE, targetId, now, wanted, *read_token(paginationToken, targetId))
    page, more = rows[:pageSize], len(rows) > pageSize
    token = make_token(page[-1]["occurred_at"], page[-1]["id"], targetId) if more else None
    return {"results": [shown(row) for row in page], "paginationDetails": {"nextToken": token}}


@app.get("/api/v1/activities/{id}", response_model=ActivityOut)
async def get_activity(request: Request, caller: CurrentCaller, id: UUID) -> dict[str, Any]:
    caller.must_hold("activities:read")
    row = await request.state.pool.fetchrow(ONE, id, datetime.now(UTC))
    if row is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "There is no such activity.")
    return shown(row)


@app.post("/api/v1/activities", response_model=Outcome, status_code=status.HTTP_201_CREATED)
async def create_activities(
    request: Request,
    response: Response,
    caller: CurrentCaller,
    sent: ActivityIn | Annotated[list[ActivityIn], Field(min_length=1, max_length=1000)],
) -> dict[str, Any]:
    caller.must_hold("activities:write")
    activities = sent if isinstance(sent, list) else [sent]
    try:
        async with request.state.pool.acquire() as connection:
            created = await store(connection, activities, request.state.clients[caller.name], datetime.now(UTC))
    except Conflict as conflict:
        raise HTTPException(status.HTTP_409_CONFLICT, f"Stored with other content: {conflict}") from None
    if not created:
        response.status_code = status.HTTP_200_OK
    results = [{"id": one.id, "status": "created" if one.id in created else "existing"} for one in activities]
    counts = {"created": len(created), "existing": len(activities) - len(created)}
    return {**counts, "results": results}


def shown(row: Any) -> dict[str, Any]:
    return {
        "id": row["id"],
        "type": row["type"],
        "targetType": row["target_type"],
        "targetId": row["target_id"],
        "sourceDomain": row["source_domain"],
        "datetime": row["occurred_at"],
        "timeToLive": row["time_to_live"],
        "oldData": row["old_data"],
        "newData": row["new_data"],
        "author": {"id": row["identifier"], "fullName": row["full_name"], "email": row["email"]},
        "correlationId": row["correlation_id"],
        "recordedAt": row["recorded_at"],
        "expiresAt": row["expires_at"],
    }


def make_token(occurred_at: datetime, id: UUID, target_id: str) -> str:
    place = f"{occurred_at.isoformat()}|{id}"
    return urlsafe_b64encode(f"{place}|{sign(place, target_id)}".encode()).decode()


def read_token(token: str, target_id: str) -> tuple[datetime, UUID]:
    try:
        occurred_at, id, signature = urlsafe_b64decode(token).decode().split("|")
        if hmac.compare_digest(signature, sign(f"{occurred_at}|{id}", target_id)):
            return datetime.fromisoformat(occurred_at), UUID(id)
    except ValueError:
        pass
    raise HTTPException(status.HTTP_400_BAD_REQUEST, "The token is not of this list.")


def sign(place: str, target_id: str) -> str:
    return hmac.digest(KEY.encode(), f"{place}|{target_id}".encode(), "sha256").hex()
