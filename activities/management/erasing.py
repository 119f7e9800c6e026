"""What both commands that erase are told beside whom."""

from django.core.management.base import CommandParser


def add_why_and_who(parser: CommandParser) -> None:
    parser.add_argument("--reason", required=True, help="why, for the receipt; no names")
    parser.add_argument("--by", required=True, help="who asks for it, for the receipt")
