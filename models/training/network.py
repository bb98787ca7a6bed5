"""The street network: dense 3x3 convolutions, since those gain most from int8, and a heatmap at a quarter of the size.

    input ─ 16 ─ /2 ─ 32 ─ /4 ─ 48 ─ /8 ─ 64 ─ /16 ─ 64 ─ /32
                       │         │         │           │
                      head ◄─── add ◄──── add ◄────── add       coarser maps come up and are added

Every stage halves the picture. The residual blocks are where a cell is cheap, from /8 on: at /4 each would cost as much
as all of /16. At /32 a cell sees a whole bus nearby. Some 0.46 million parameters.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.training.targets import STREET, STRIDE

CHANNELS = (16, 32, 48, 64, 64)
INPUTS = 4
"""B, G, R, and the change of the grey level since the look before."""
SIZE_UNIT = 16.0
"""Pixels for which the size branch says 1, as its logarithm says 0: about the height of a distant person."""
RARE = -4.0
"""Bias of the heatmap: a cell holds a centre about once in fifty, so training does not begin with a flood."""


Said = tuple[Tensor, Tensor, Tensor]
"""Logits of the heatmap (B, C, H/s, W/s), size (B, 2, …) and offset (B, 2, …)."""


def convolution(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    """Return 3x3 convolution, batch normalisation, ReLU."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)
    )


class Residual(nn.Module):
    """Two convolutions whose result is added to what went in."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = convolution(channels, channels)
        self.second = nn.Sequential(nn.Conv2d(channels, channels, 3, 1, 1, bias=False), nn.BatchNorm2d(channels))

    def forward(self, x: Tensor) -> Tensor:
        """Keep the shape."""
        return functional.relu(x + self.second(self.first(x)))


class StreetNetwork(nn.Module):
    """(B, I, H, W) levels 0 to 255 -> logits of the heatmap (B, C, H/s, W/s), size (B, 2, …), offset (B, 2, …).

    Args:
        classes: C; those of the street unless another place is learnt.
        inputs: I; the channels.
        stride: s; with 2, each cell of the last map says what is in its four quarters.
    """

    def __init__(self, classes: int = len(STREET), inputs: int = INPUTS, stride: int = STRIDE) -> None:
        super().__init__()
        half, quarter, eighth, sixteenth, thirtysecond = CHANNELS
        self.inputs, self.quarters = inputs, STRIDE // stride
        self.by_2 = convolution(inputs, half, 2)
        self.by_4 = convolution(half, quarter, 2)
        self.by_8 = nn.Sequential(convolution(quarter, eighth, 2), Residual(eighth))
        self.by_16 = nn.Sequential(convolution(eighth, sixteenth, 2), Residual(sixteenth), Residual(sixteenth))
        self.by_32 = nn.Sequential(
            convolution(sixteenth, thirtysecond, 2), Residual(thirtysecond), Residual(thirtysecond)
        )
        self.up_sixteenth = nn.Conv2d(thirtysecond, sixteenth, 1)
        self.up_eighth = nn.Conv2d(sixteenth, eighth, 1)
        self.join_eighth = convolution(eighth, eighth)
        self.up_quarter = nn.Conv2d(eighth, quarter, 1)
        self.join_quarter = convolution(quarter, quarter)
        self.heat = nn.Conv2d(quarter, classes * self.quarters**2, 1)
        self.shape = nn.Conv2d(quarter, 4 * self.quarters**2, 1)
        assert isinstance(self.heat.bias, Tensor)  # for the type checker
        nn.init.constant_(self.heat.bias, RARE)

    def forward(self, levels: Tensor) -> Said:
        """Return heatmap logits, sizes and offsets."""
        return self.says(self.join_quarter(self.features(levels)))

    def features(self, levels: Tensor) -> Tensor:
        """Return what is known of each cell (B, 32, H/4, W/4) before the last 3x3 convolution."""
        quarter = self.by_4(self.by_2(levels / 255))
        eighth = self.by_8(quarter)
        sixteenth = self.by_16(eighth)
        # to the size, not by the factor 2: an odd number of cells has half of one too many at /32
        above = functional.interpolate(self.up_sixteenth(self.by_32(sixteenth)), size=sixteenth.shape[-2:])
        sixteenth = sixteenth + above
        eighth = self.join_eighth(eighth + functional.interpolate(self.up_eighth(sixteenth), scale_factor=2.0))
        return quarter + functional.interpolate(self.up_quarter(eighth), scale_factor=2.0)

    def says(self, joined: Tensor) -> Said:
        """Return heatmap logits, sizes and offsets from what the last 3x3 convolution gives."""
        # trained in bfloat16, whose 8 bits are too few for places
        shape, heat = (self._spread(of.float()) for of in (self.shape(joined), self.heat(joined)))
        size = torch.exp(shape[:, :2].clamp(-4, 4)) * SIZE_UNIT
        return heat, size, shape[:, 2:]

    def _spread(self, said: Tensor) -> Tensor:
        return functional.pixel_shuffle(said, self.quarters) if self.quarters > 1 else said
