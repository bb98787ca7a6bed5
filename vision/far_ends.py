"""Whom a site tells its bins: an MQTT broker, and web sites that have a webhook."""

import base64
import binascii
import os
import re
import ssl
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AwareDatetime, Field, field_validator, model_validator

from vision.address import is_forbidden_host
from vision.errors import UsageError
from vision.settings import Settings
from vision.view import Name

DAY = 86_400
LEAST_KEY_BYTES, MOST_KEY_BYTES = 24, 64
"""Of a webhook's key (Standard Webhooks 1.0, "Signature scheme")."""
KEY_PREFIX = "whsec_"

_STRANGE = re.compile(r"[^!-~]|\\")
"""What no address has: programs understand it differently."""

Step = Annotated[int, Field(ge=60, le=DAY)]


class FarEnd(Settings):
    """What all far ends have in common."""

    step: Step | None = None
    """Seconds of a bin; by default a minute, or where small numbers are withheld the finest step that is told."""
    start: AwareDatetime | None = None
    """From when a far end that is new is told bins; by default from now on."""

    @field_validator("step")
    @classmethod
    def _divides_a_day(cls, step: int | None) -> int | None:
        if step is not None and (step % 60 or DAY % step):
            raise ValueError("wanted whole minutes of which a day is a multiple, such as 900")
        return step

    ca: Path | None = None
    """File of the certificates that are trusted, as PEM; by default those of the system."""

    def trusted(self) -> ssl.SSLContext:
        """Return how TLS judges the far end.

        Raises:
            UsageError: the file of certificates cannot be read.
        """
        try:
            return ssl.create_default_context(cafile=self.ca)
        except OSError as error:
            raise UsageError(f"ca: {self.ca}: {error.strerror or error}, wanted certificates as PEM") from None


class MqttSettings(FarEnd):
    """An MQTT broker."""

    host: str
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    """By default 1883, with TLS 8883."""
    tls: bool = False
    username: str | None = None
    password: Path | None = None
    """File of the password; by default the environment variable COMPTAGE_MQTT_PASSWORD holds it."""
    prefix: Annotated[str, Field(pattern=r"^[^/+#$\s]+(/[^/+#\s]+)*$", max_length=128)] = "comptage"
    """First levels of every topic."""
    passages: bool = True
    """Whether passages are told as they happen."""
    discovery: Literal["homeassistant"] | None = None
    """Who is told by MQTT discovery what sensors the crossings are."""

    @field_validator("host")
    @classmethod
    def _is_a_host(cls, host: str) -> str:
        if not host or any(character in host for character in "/@ ") or is_forbidden_host(host):
            raise ValueError("wanted the broker's host, which is neither link-local nor a cloud's metadata service")
        return host

    def read_password(self) -> str | None:
        """Return the password of the broker; None where there is no user.

        Raises:
            UsageError: there is a user and no password.
        """
        if self.username is None:
            return None
        return _read_secret("mqtt.password", self.password, "COMPTAGE_MQTT_PASSWORD")


class WebhookSettings(FarEnd):
    """A web address to which bins are posted."""

    name: Name
    url: str = Field(repr=False)
    secret: Path | None = None
    """File of the key that signs; by default the environment variable COMPTAGE_WEBHOOK_<NAME> holds it."""

    @model_validator(mode="after")  # not of the field: the message would show the address, which may itself be a secret
    def _is_a_web_address(self) -> Self:
        try:
            parts = urlsplit(self.url)
            is_whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_whole = False
        if not is_whole or "@" in parts.netloc or _STRANGE.search(self.url):
            raise ValueError("url: wanted https://host/path, without a user, a blank or a letter that is not escaped")
        if is_forbidden_host(parts.hostname or ""):
            raise ValueError("url: its host is link-local or a cloud's metadata service, wanted a receiver's address")
        return self

    def read_key(self) -> bytes:
        """Return the key that signs.

        Raises:
            UsageError: there is none, or it is none.
        """
        variable = f"COMPTAGE_WEBHOOK_{self.name.upper().replace('-', '_')}"
        text = _read_secret(f"webhook {self.name}: secret", self.secret, variable).removeprefix(KEY_PREFIX)
        try:
            key = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if not LEAST_KEY_BYTES <= len(key) <= MOST_KEY_BYTES:
            raise UsageError(
                f"webhook {self.name}: secret: wanted {LEAST_KEY_BYTES} to {MOST_KEY_BYTES} bytes in base64, such as "
                "`openssl rand -base64 32` prints"
            )
        return key


def _read_secret(key: str, path: Path | None, variable: str) -> str:
    """Return the text of a file, or else of an environment variable, without the blanks around it."""
    try:
        text = os.environ.get(variable, "") if path is None else path.read_text("utf-8")
    except OSError as error:
        raise UsageError(f"{key}: {path}: {error.strerror}, wanted a file with the secret") from error
    except UnicodeDecodeError:
        raise UsageError(f"{key}: {path}: not text, wanted a file with the secret") from None
    if not text.strip():
        raise UsageError(f"{key}: nothing in {path or variable}, wanted the secret")
    return text.strip()
