"""The FastAPI peer's models: what comes in and what goes out."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Word = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z][A-Za-z0-9_.-]*$")]
TargetId = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$")]
Document = dict[str, Any]
Moment = datetime


class AuthorIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: Annotated[str, Field(min_length=1, max_length=255)] | None = None
    fullName: Annotated[str, Field(min_length=1, max_length=255)]
    email: Annotated[str, Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")] | None = None

    @property
    def key(self) -> tuple[str | None, str, str | None]:
        return self.id, self.fullName, self.email


class ActivityIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: UUID
    type: Word
    targetType: Word
    targetId: TargetId
    sourceDomain: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    datetime: AwareDatetime
    timeToLive: Annotated[str, Field(pattern=r"^P[1-9][0-9]{0,5}D$")] | None = None
    oldData: Document | None = None
    newData: Document | None = None
    author: AuthorIn
    correlationId: Annotated[str, Field(min_length=1, max_length=128)] | None = None


class AuthorOut(BaseModel):
    id: str | None
    fullName: str
    email: str | None


class ActivityOut(BaseModel):
    id: UUID
    type: str
    targetType: str
    targetId: str
    sourceDomain: str | None
    datetime: Moment
    timeToLive: str | None
    oldData: Document | None
    newData: Document | None
    author: AuthorOut
    correlationId: str | None
    recordedAt: Moment
    expiresAt: Moment | None


class PaginationDetails(BaseModel):
    nextToken: str | None


class Page(BaseModel):
    results: list[ActivityOut]
    paginationDetails: PaginationDetails


class Stored(BaseModel):
    id: UUID
    status: str


class Outcome(BaseModel):
    created: int
    existing: int
    results: list[Stored]
