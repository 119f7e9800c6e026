"""Where this clone keeps what it generates: its secrets, the embedded database, logs.

Standard library only: it runs before anything is installed.
"""

import hashlib
import json
import os
import secrets as random
import stat
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

CLONE = Path(__file__).resolve().parent.parent


class LocalFilesUnusable(Exception):
    """The message is one line that tells the cure."""


@dataclass(frozen=True)
class Secrets:
    secret_key: str
    database_password: str
    demo_password: str


def data_directory(clone: Path = CLONE) -> Path:
    """Made when missing. As root it can be passed through, not listed, by the account of the database."""
    as_root = os.geteuid() == 0
    directory = clone / ".data"
    if as_root and not _everyone_may_pass(clone):
        # The database does not run as root, and the modes of other people's directories are not ours.
        name = hashlib.sha256(os.fsencode(clone)).hexdigest()[:12]
        directory = Path("/var/lib/activity-history") / name
    mode = 0o711 if as_root else 0o700
    try:
        directory.mkdir(mode=mode, parents=True, exist_ok=True)
        if directory.stat().st_uid != os.geteuid():
            raise PermissionError
        directory.chmod(mode)
        if as_root:
            _open_own_parents(directory, clone)
    except OSError as error:
        raise LocalFilesUnusable(
            f"{directory} cannot be used ({error.strerror or 'it belongs to another user'}): "
            "run this as the user who made it, or remove it as that user."
        ) from None
    return directory


def _everyone_may_pass(path: Path) -> bool:
    return all(place.stat().st_mode & stat.S_IXOTH for place in (path, *path.parents))


def _open_own_parents(directory: Path, clone: Path) -> None:
    """A strict umask closes the directories just made; only the one of this application is opened."""
    if directory.parent != clone:
        directory.parent.chmod(0o711)


def secrets(directory: Path | None = None) -> Secrets:
    """Generated on the first call; processes that race get the same ones."""
    path = (directory or data_directory()) / "secrets.json"
    try:
        return _read(path)
    except FileNotFoundError:
        _write_once(path)
        return _read(path)
    except PermissionError:
        raise LocalFilesUnusable(
            f"{path} belongs to another user: run this as that user, or remove {path.parent} as that user."
        ) from None


def _read(path: Path) -> Secrets:
    text = path.read_bytes()
    try:
        values = {str(name): value for name, value in json.loads(text).items()}
        if all(isinstance(value, str) and value for value in values.values()):
            return Secrets(**values)
    except (ValueError, TypeError, AttributeError):
        pass
    # Never made anew in silence: the password in it opens the database that lies beside it.
    raise LocalFilesUnusable(
        f"{path} is damaged: put back a copy of it, or remove {path.parent} to begin anew "
        "with new secrets and an empty database."
    )


def _write_once(path: Path) -> None:
    made = Secrets(
        secret_key=random.token_urlsafe(64),
        database_password=random.token_hex(24),
        demo_password=random.token_urlsafe(12),
    )
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".secrets-")  # mode 0600
        try:
            with os.fdopen(descriptor, "w") as file:
                json.dump(asdict(made), file, indent=2)
                file.flush()
                os.fsync(file.fileno())
            # A link, unlike a rename, does not replace what another process has just put there.
            os.link(name, path)
        except FileExistsError:
            pass
        finally:
            os.unlink(name)
    except OSError as error:
        raise LocalFilesUnusable(
            f"{path} cannot be written ({error.strerror}): free some space, or make {path.parent} writable."
        ) from None
