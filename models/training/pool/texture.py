"""Pictures looked up at places between their pixels."""

import cv2
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


def look_up(picture: npt.NDArray[np.generic], place: Floats) -> Floats:
    """Return a picture (H, W[, C]) at places (…, 2), x and y in pixels; beyond its sides it goes on as its rim."""
    wanted = place.astype(np.float32, copy=False)
    found = cv2.remap(picture, wanted, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[call-overload]
    return np.asarray(found, np.float32)


def repeated(picture: Floats, place: Floats) -> Floats:
    """Return a square picture that repeats for ever, at places (…, 2) in pixels."""
    wanted = np.mod(place, picture.shape[0]).astype(np.float32, copy=False)
    found = cv2.remap(picture, wanted, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)  # type: ignore[call-overload]
    return np.asarray(found, np.float32)
