"""Settings that a person writes: TOML -> frozen, validated tables, or one line that says what is wrong."""

import tomllib
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from vision.address import without_password
from vision.errors import UsageError

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Settings(BaseModel):
    """Base of every table that a person writes: immutable, and no key passes unnoticed."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        populate_by_name=True,
        allow_inf_nan=False,
        hide_input_in_errors=True,  # an input may be an address with its password; `complaints` masks it
    )


Table = TypeVar("Table", bound=Settings)


class SettingsError(UsageError):
    """A text is no such table.

    Attributes:
        phrases: one for each thing that is wrong.
    """

    def __init__(self, phrases: list[str]) -> None:
        super().__init__("; ".join(phrases))
        self.phrases = phrases


def parse_settings(text: bytes, table: type[Table], folder: Path | None = None) -> Table:
    """Return the table of settings that a TOML text says.

    Args:
        text: UTF-8.
        table: what it must hold.
        folder: the validation's context, to which the table's paths are relative.

    Raises:
        SettingsError: the text is not TOML, or has keys or values that are wrong.
    """
    try:
        return table.model_validate(tomllib.loads(text.decode()), context=folder)
    except ValidationError as error:
        raise SettingsError(complaints(error)) from error
    except RecursionError:
        raise SettingsError(["not a TOML file: nested too deeply"]) from None
    except ValueError as error:  # what tomllib says, or Python of an integer of thousands of digits
        raise SettingsError([f"not a TOML file: {error}"]) from error


def read_settings(path: Path, table: type[Table], wanted: str) -> Table:
    """Read a TOML file as a table of settings, which learns the folder of the file as its validation's context.

    Args:
        path: the file.
        table: what it must hold.
        wanted: what the file is, for the message where there is none.

    Raises:
        UsageError: the file is missing, is not TOML, or has keys or values that are wrong; the message is one line
            that names the file, each wrong key, what was found and what was wanted.
    """
    try:
        return parse_settings(path.read_bytes(), table, path.parent)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}, wanted {wanted}") from error
    except SettingsError as error:
        raise UsageError(f"{path}: {error}") from error


def complaints(error: ValidationError) -> list[str]:
    """Return one phrase for each thing that a validation found wrong: key, what was wanted, what was found.

    The text of an unknown key is not shown: it may be `password = "..."`.
    """
    phrases = []
    for detail in error.errors():
        key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in detail["loc"]).lstrip(".")
        wanted = detail["msg"].removeprefix("Value error, ")
        is_unknown = detail["type"] == "extra_forbidden"
        is_hidden = isinstance(detail["input"], (dict, list, tuple, *((str,) if is_unknown else ())))
        found = "" if is_hidden else f", found {without_password(repr(detail['input']))}"
        phrases.append(f"{key}: {'unknown key' if is_unknown else wanted}{found}")
    return phrases
