"""The pool's network: the street's, and a memory of what it has seen, since one look at glittering water tells little.

    features ─ add ─ join ─┬─ heatmap, size, offset
                ▲          └─ gates ─► memory ─┐
                └────────── recall ◄───────────┘       at the next look

The memory has 16 numbers a cell of 4 x 4 pixels, in [-1, 1]. Each look takes it a part of the way to what it says now;
how far, is learnt, cell by cell (a gated recurrent unit with one gate: Zhou et al., Minimal Gated Unit, 2016). The
last 3x3 convolution sees it beside the features, so what moves can be followed from cell to cell.
"""

import torch
from torch import Tensor, nn

from models.training.network import CHANNELS as WIDTHS
from models.training.network import Said, StreetNetwork, convolution
from models.training.pool.views import CHANNELS, POOL, STRIDE

MEMORY = 16
"""Numbers a cell."""
CELL = 4
"""Pixels along a side of a cell."""
AWARE = 16
"""Channels of the last 3x3 convolution beside the street's."""
SLOW, QUICK = -3.0, 1.0
"""Biases of the gates before anything is learnt: a look changes a twentieth of some channels, most of others."""


class Gates(nn.Module):
    """What the last 3x3 convolution gives, and the memory (B, M, h, w) of the looks before -> the memory after it."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.says = nn.Conv2d(channels, 2 * MEMORY, 1)
        assert isinstance(self.says.bias, Tensor)  # for the type checker
        with torch.no_grad():
            self.says.bias[:MEMORY] = torch.linspace(SLOW, QUICK, MEMORY)

    def forward(self, joined: Tensor, memory: Tensor) -> Tensor:
        """Take the memory a part of the way to what is said now."""
        said = self.says(joined).float()
        share, now = torch.sigmoid(said[:, :MEMORY]), torch.tanh(said[:, MEMORY:])
        return memory + share * (now - memory)


class PoolNetwork(StreetNetwork):
    """(T, B, I, H, W) levels of T looks, one after the other, and memory (B, M, H/4, W/4) -> what it says, and memory.

    What it says is that of T * B views, those of the first look first.
    """

    def __init__(self) -> None:
        super().__init__(len(POOL), CHANNELS, STRIDE)
        quarter = WIDTHS[1]
        self.join_quarter = convolution(quarter, quarter + AWARE)
        self.heat = widened(self.heat, AWARE)
        self.shape = widened(self.shape, AWARE)
        self.recall = nn.Conv2d(MEMORY, quarter, 1, bias=False)
        self.gates = Gates(quarter + AWARE)
        nn.init.zeros_(self.recall.weight)

    def forward(self, levels: Tensor, memory: Tensor | None = None) -> tuple[Said, Tensor]:  # type: ignore[override]
        """Return heatmap logits, sizes and offsets of all looks, and the memory after the last."""
        looks, batch = levels.shape[:2]
        features = self.features(levels.flatten(0, 1)).unflatten(0, (looks, batch))
        if memory is None:
            memory = features.new_zeros(batch, MEMORY, *features.shape[-2:])
        joined = []
        for seen in features:
            joined.append(self.join_quarter(seen + self.recall(memory)))
            memory = self.gates(joined[-1], memory)
        return self.says(torch.cat(joined)), memory


def widened(head: nn.Conv2d, more: int) -> nn.Conv2d:
    """Return a 1x1 convolution that also reads so many more channels, which count for nothing at first."""
    wider = nn.Conv2d(head.in_channels + more, head.out_channels, 1)
    assert isinstance(wider.bias, Tensor)
    assert isinstance(head.bias, Tensor)
    with torch.no_grad():
        wider.weight.copy_(nn.functional.pad(head.weight, (0, 0, 0, 0, 0, more)))
        wider.bias.copy_(head.bias)
    return wider
