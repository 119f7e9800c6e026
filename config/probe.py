"""Whether the service in this container is well: `python -m config.probe`, for the container's health check.

Standard library only, so that it starts in a few hundredths of a second.
"""

import http.client
import os
import sys
from urllib.parse import urlsplit

READY = "/api/health/ready"
_SECONDS = 4


def main() -> None:
    path, port = (*sys.argv[1:], *(READY, "8000")[len(sys.argv) - 1 :])
    # As the proxy asks: other paths than those of health would refuse its own name, and send it to https.
    public = urlsplit(os.environ.get("PUBLIC_URL") or "http://localhost")
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=_SECONDS)
    try:
        connection.request("GET", path, headers={"Host": public.netloc, "X-Forwarded-Proto": public.scheme})
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        sys.exit(f"It does not answer: {type(error).__name__}.")
    if status != 200:
        sys.exit(f"It answers {path} with {status}.")


if __name__ == "__main__":
    main()
