"""Makes the secrets of docker-compose.yml, each in a file of its own: `python3 -m config.container_secrets`.

Standard library only. What is there already stays, because the database knows its passwords.
"""

import secrets
import sys
from pathlib import Path

from config.local_files import CLONE

PLACE = CLONE / "secrets"
_ROLES = {
    "database_owner_url": "activity_history",
    "database_url": "activity_history_app",
    "database_retention_url": "activity_history_retention",
}


def make(place: Path) -> list[str]:
    """The names of the files that were made."""
    place.mkdir(mode=0o700, exist_ok=True)
    password_file = place / "postgres_password"
    owners = password_file.read_text() if password_file.exists() else secrets.token_urlsafe(32)
    wanted = {name: secrets.token_urlsafe(64) for name in ("secret_key", "metrics_token")}
    wanted["postgres_password"] = owners
    for name, user in _ROLES.items():
        password = owners if name == "database_owner_url" else secrets.token_urlsafe(32)
        wanted[name] = f"postgresql://{user}:{password}@db:5432/activity_history"
    applications = (place / "database_url").read_text() if (place / "database_url").exists() else wanted["database_url"]
    wanted["database_replica_url"] = applications.replace("@db:", "@replica:")
    made = [name for name in wanted if not (place / name).exists()]
    for name in made:
        (place / name).write_text(wanted[name])
        # Their folder is closed; inside the containers other users read them.
        (place / name).chmod(0o444)
    return made


if __name__ == "__main__":
    made = make(PLACE)
    sys.stdout.write(f"Made in {PLACE}: {', '.join(made) or 'nothing, all are there'}.\n")
