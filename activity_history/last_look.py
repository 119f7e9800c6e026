"""When staff last looked at a resident's history, as that resident reads it: by role, never by name."""

from activities.reads import LastLook
from activities.wording.values import LONDON


def in_words(look: LastLook) -> str:
    role = _within_a_sentence(look.role)
    article = "An" if role[0].lower() in "aeiou" else "A"
    return f"{article} {role} last looked at this history on {look.read_at.astimezone(LONDON):%-d %B %Y}."


def _within_a_sentence(role: str) -> str:
    """`Housing officer` begins small here; `IT support` does not."""
    return role if role[:2].isupper() else role[0].lower() + role[1:]
