"""The seven classes, in the order that every file and array of the project uses."""

from typing import Literal, get_args

ClassName = Literal["pedestrian", "bicycle", "motorcycle", "car", "truck", "bus", "swimmer"]

CLASSES: tuple[ClassName, ...] = get_args(ClassName)
"""A class index is a position in this tuple."""

CLASS_INDEX: dict[ClassName, int] = {name: index for index, name in enumerate(CLASSES)}
