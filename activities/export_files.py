"""An export into a directory: parts, and a manifest that says which are complete, so that a run that was ended at any
moment is gone on with by the next one."""

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from activities.export import read_part
from activities.export_formats import Format
from activities.history import Place
from activities.models import ActivityRows

MANIFEST = "manifest.json"
_WITHOUT_LIMIT = 0


class CannotGoOn(Exception):
    """The directory cannot be written, or does not hold the beginning of this export. The message tells the cure."""


class Exported(NamedTuple):
    """What the directory holds so far."""

    parts: int = 0
    rows: int = 0
    bytes: int = 0

    def __str__(self) -> str:
        return f"{self.rows:,} rows, {self.bytes / 1e6:,.1f} MB, {self.parts:,} part{'' if self.parts == 1 else 's'}"


class _Manifest:
    def __init__(self, directory: Path, asked: Mapping[str, Any]) -> None:
        """Raises CannotGoOn when the directory holds another export, or parts that are not as they were written."""
        self._directory, self._path = directory, directory / MANIFEST
        self.read: dict[str, Any] = {"asked": dict(asked), "complete": False, "parts": []}
        if self._path.exists():
            self.read = self._stored(asked)

    def _stored(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        try:
            stored: dict[str, Any] = json.loads(self._path.read_text())
            before = stored["asked"]
            parts = [(part["name"], part["sha256"]) for part in stored["parts"]]
        except (ValueError, KeyError, TypeError):
            raise CannotGoOn(f"{self._path} cannot be read: export into another directory.") from None
        if before != asked:
            raise CannotGoOn(
                f"{self._directory} holds an export of another format or other filters ({json.dumps(before)}): "
                "repeat these, or export into another directory."
            )
        for name, digest in parts:
            path = self._directory / name
            if not path.is_file() or _digest(path) != digest:
                raise CannotGoOn(f"{path} is missing or was changed since: export into another directory.")
        return stored

    @property
    def exported(self) -> Exported:
        parts = self.read["parts"]
        return Exported(len(parts), sum(part["rows"] for part in parts), sum(part["bytes"] for part in parts))

    @property
    def is_complete(self) -> bool:
        return bool(self.read["complete"])

    @property
    def place(self) -> Place | None:
        last = self.read["parts"][-1]["last"] if self.read["parts"] else None
        return Place(datetime.fromisoformat(last["datetime"]), UUID(last["id"])) if last else None

    def add(self, part: dict[str, Any], *, is_last: bool) -> None:
        self.read["parts"].append(part)
        self.read["complete"] = is_last
        _write(self._path, json.dumps(self.read, indent=1).encode() + b"\n")


def export_files(
    directory: Path,
    format: Format,
    rows: Callable[[datetime], ActivityRows],
    *,
    asked: Mapping[str, Any],
    clock: Callable[[], datetime],
) -> Iterator[Exported]:
    """Gives what there is at first and after each part. `rows` are those readable at a moment, and `asked` says in JSON
    what was asked for: the same goes on.

    Raises CannotGoOn.
    """
    with _alone(directory):
        manifest = _Manifest(directory, asked)
        yield manifest.exported
        while not manifest.is_complete:
            now = clock()
            part = read_part(rows(now), format, after=manifest.place, limit_ms=_WITHOUT_LIMIT, now=now)
            name = f"part-{manifest.exported.parts + 1:05}.{format.name}"
            _write(directory / name, part.body)
            last = part.last and {"datetime": part.last.occurred_at.isoformat(), "id": str(part.last.id)}
            written = {"name": name, "rows": part.rows, "bytes": len(part.body)}
            digest = sha256(part.body).hexdigest()
            manifest.add({**written, "sha256": digest, "last": last}, is_last=part.is_last)
            yield manifest.exported


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """A lock that ends with the process, however it ends."""
    with ExitStack() as stack:
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            stack.callback(os.close, held := os.open(directory, os.O_RDONLY))
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError:
            raise CannotGoOn(f"Another export writes into {directory}: wait for it, or use another one.") from None
        except OSError as error:
            raise CannotGoOn(f"{error.filename or directory}: {error.strerror}. Mend it, and go on.") from None


def _write(path: Path, body: bytes) -> None:
    """Whole or not at all; for its owner alone, since it holds personal data."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        digest = sha256()
        while block := file.read(1 << 20):
            digest.update(block)
        return digest.hexdigest()
