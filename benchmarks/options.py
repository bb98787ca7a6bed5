"""What the commands of this folder are told in the same words."""

from benchmarks.truth.heldout import Size


def working_size(text: str) -> Size:
    """Return (width, height) from WxH.

    Raises:
        ValueError: the text has another form.
    """
    width, height = text.split("x")
    return int(width), int(height)
