"""What a site file says of a signal controller that is spoken to."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from vision.settings import Settings
from vision.view import Name


class Controller(Settings):
    """A controller that speaks NTCIP 1202 (SNMP over UDP), and which of its phases serve which crossings."""

    name: Name
    host: Annotated[str, Field(min_length=1)]
    port: Annotated[int, Field(ge=1, le=65535)] = 161
    version: Literal["1", "2c"] = "1"
    """Of SNMP; many controllers know the first only."""
    community: Path
    """File that holds the word by which the controller knows who may write; SNMP sends it in the clear."""
    phases: dict[Name, Annotated[int, Field(ge=1, le=255)]] = Field(min_length=1)
    """Number of the pedestrian phase of each crossing, by its name."""
