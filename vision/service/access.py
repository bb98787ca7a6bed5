"""Who may ask: tokens, which only their holders know, and the cookie in which a browser keeps one.

Of a token only its SHA-256 is kept. That is enough: a token is 256 random bits, so there is nothing to guess and no
need of the slow hash that a word chosen by a person would need.
"""

import hashlib
import hmac
import os
import posixpath
import re
import secrets
from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from ipaddress import IPv6Address, ip_address
from typing import Final
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from vision.answering import Service
from vision.errors import UsageError
from vision.service.problems import problem

VARIABLE: Final = "COMPTAGE_TOKENS"
"""Environment variable with the text of a file of tokens."""

COOKIE: Final = "comptage"
COOKIE_SECONDS: Final = 30 * 86_400
SIGN_IN: Final = "/sign-in"
MOST_BYTES: Final = 1024
"""Of a form; a token has 43."""

API: Final = "/api/"
READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
SHOWN: Final = frozenset(("/map",)) | frozenset(
    f"/api/v1/{noun}"
    for noun in (
        "sites",
        "cameras",
        "counts",
        "movements",
        "occupancy",
        "live",
        "pool",
        "pool/live",
        "openapi.json",
    )
)
"""What the pages are made of."""
SET_UP: Final = frozenset(("/set-up.html", "/api/v1/check"))
"""For those who set the site up."""

_OF_PROXIES = ("forwarded", "x-forwarded-for", "x-forwarded-host", "via")
"""Headers by which a proxy says that somebody else asks."""

_LINE = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)*) ([0-9a-f]{64})")


class Tokens:
    """The hashes of the tokens that are good."""

    def __init__(self, hashes: Iterable[str]) -> None:
        self._hashes = tuple(hashes)

    def admits(self, token: str) -> bool:
        """Say whether a token is good, in a time that does not depend on how nearly it is."""
        found = digest(token)
        # all of them are compared, so that neither which is good nor whether one is shows in the time
        return sum(hmac.compare_digest(found, known) for known in self._hashes) > 0


def digest(token: str) -> str:
    """Return the SHA-256 of a token, in hexadecimal."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def new_token(name: str) -> tuple[str, str]:
    """Return a new token, which is to be shown once, and the line of a file of tokens that admits it."""
    token = secrets.token_urlsafe(32)
    return token, f"{name} {digest(token)}"


def read_tokens(service: Service) -> Tokens:
    """Return the tokens of a service: of its file, or else of the environment.

    A line is a name, a blank and 64 hexadecimal digits; empty lines and those that begin with `#` are passed over.

    Raises:
        UsageError: the file cannot be read, a line is wrong (it is not repeated), or none is there though
            access is not open.
    """
    where = str(service.tokens or VARIABLE)
    try:
        text = os.environ.get(VARIABLE, "") if service.tokens is None else service.tokens.read_text("utf-8")
    except OSError as error:
        raise UsageError(f"service.tokens: {where}: {error.strerror}, wanted a file of tokens") from error
    except UnicodeDecodeError:
        raise UsageError(f"service.tokens: {where}: not text, wanted a file of tokens") from None
    hashes = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line.strip())
        if match is None:
            raise UsageError(f"{where}: line {number} is no token's, wanted what `comptage token NAME` prints")
        hashes.append(match[2])
    if service.access != "open" and not hashes:
        raise UsageError(f"service.access: found {service.access!r} but no token in {where}, wanted at least one")
    return Tokens(hashes)


class AccessControl:
    """Answers 401 where a token is needed and none is shown that is good. Takes tokens in at `SIGN_IN`.

    A token comes in the header `Authorization: Bearer`, or in the cookie of a browser that has signed in, since neither
    pages nor EventSource can send a header. It is never taken from a URL, which proxies and browsers write down.
    """

    def __init__(self, app: ASGIApp, service: Service, tokens: Tokens) -> None:
        self._app = app
        self._access = service.access
        self._is_private = service.is_private
        self._tokens = tokens

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        answer: ASGIApp = self._app
        if scope["type"] == "http":
            if scope["path"] == SIGN_IN and scope["method"] == "POST":
                answer = await self._sign_in(Request(scope, receive))
            elif self._is_closed(scope) and not self._tokens.admits(shown_token(Headers(scope=scope))):
                answer = _without_token(scope)
        await answer(scope, receive, send)

    def _is_closed(self, scope: Scope) -> bool:
        path = scope["path"]
        if posixpath.normpath(path).replace("//", "/") in SET_UP:
            # With tokens there may be a proxy on this machine, behind which whoever asks seems to ask from here.
            return self._access != "open" or not _is_from_here(scope)
        if scope["method"] not in READS and path.startswith(API) and not self._is_private:
            return True  # who says something is known, whatever anyone may read
        if self._access == "open":
            return False
        is_data = path.startswith(API) or path.rstrip("/") in {"/metrics", "/map"}
        return is_data and not (self._access == "pages" and path.rstrip("/") in SHOWN)

    async def _sign_in(self, request: Request) -> Response:
        body = b""
        try:
            async for chunk in request.stream():
                body += chunk
                if len(body) > MOST_BYTES:
                    return problem(413, f"wanted at most {MOST_BYTES} bytes")
        except ClientDisconnect:
            return PlainTextResponse("", 400)
        token = parse_qs(body.decode("utf-8", "replace")).get("token", [""])[0].strip()
        if not self._tokens.admits(token):
            return RedirectResponse("sign-in.html#refused", 303)
        answer = RedirectResponse("./", 303)
        is_secure = request.url.scheme == "https"
        answer.set_cookie(COOKIE, token, COOKIE_SECONDS, secure=is_secure, httponly=True, samesite="strict")
        return answer


def _without_token(scope: Scope) -> Response:
    """Return the answer to who shows no good token: a person is shown where to give it."""
    if scope["path"].endswith(".html") and scope["method"] == "GET":
        return RedirectResponse("sign-in.html", 303)
    return problem(401, "wanted a token, as Authorization: Bearer", {"WWW-Authenticate": "Bearer"})


def _is_from_here(scope: Scope) -> bool:
    """Return whether a request comes from this machine, and was not passed on by a proxy that says so."""
    headers = Headers(scope=scope)
    host = (scope.get("client") or ("", 0))[0]
    try:
        address = ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback and not any(name in headers for name in _OF_PROXIES)


def may_change(request: Request, service: Service, tokens: Tokens) -> bool:
    """Say whether whoever asks may change something, and not only be told.

    That is the holder of a token, in the header: a cookie goes along with what another site makes a browser do. Or,
    where only this machine is meant to ask, whoever asks from it directly: what a proxy passes on comes from anywhere.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and tokens.admits(token.strip()):
        return True
    return service.is_private and _is_from_here(request.scope)


def shown_token(headers: Headers) -> str:
    """Return the token that a request shows, in its header or its cookie; empty for none."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel else ""
