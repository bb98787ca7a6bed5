"""Ask a service on this box whether it lives, where no other tool is at hand: `python -m vision.box.ask URL`."""

import http.client
import sys
from urllib.parse import urlsplit

PATIENCE_S = 3.0


def ask(url: str) -> int:
    """Return the HTTP status of a URL, 0 where nobody answers."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE_S)
    try:
        connection.request("GET", parts.path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(ask(sys.argv[1]) != http.HTTPStatus.OK)
