"""The body of a request, judged by its headers before it is read."""

from activities.api.calls import Call
from activities.api.problems import Problem

MAX_BODY_BYTES = 5 * 1024 * 1024


def read_json_bytes(call: Call) -> bytes:
    """Raises Problem: 415, then 411, then 413."""
    media_type, _, rest = call.meta.get("CONTENT_TYPE", "").partition(";")
    charset = rest.strip().lower().replace('"', "")
    if media_type.strip().lower() != "application/json" or charset not in ("", "charset=utf-8"):
        raise Problem("unsupported-media-type", "Send Content-Type: application/json, in UTF-8.")
    if call.meta.get("HTTP_CONTENT_ENCODING", "identity").lower() != "identity":
        raise Problem("unsupported-media-type", "Send the body uncompressed, without Content-Encoding.")
    length = call.meta.get("CONTENT_LENGTH", "")
    if "HTTP_TRANSFER_ENCODING" in call.meta or not (length.isascii() and length.isdigit()):
        raise Problem("length-required", "Send the body whole, with its Content-Length.")
    if int(length) > MAX_BODY_BYTES:
        detail = f"A body has at most {MAX_BODY_BYTES} bytes: send fewer activities in one request."
        raise Problem("body-too-large", detail)
    body = call.read_body()
    if len(body) < int(length):
        raise Problem("malformed-json", "The body ended before its Content-Length: send it whole.")
    return body
