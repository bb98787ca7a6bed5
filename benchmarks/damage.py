"""Damage of every kind to texts and to bytes, from a seed."""

import random

ODD = (
    "", "0", "-1", "1e999", "nan", "-inf", "9" * 5000, "true", '""', "[]", "{}", "[" * 3000 + "]" * 3000, "2026-01-01",
    '"\\u0000"', '"é☃"', f'"{"a" * 5000}"', '"rtsp://[::1"', '"http://169.254.169.254/"', '"scene:"',
    '"scene:square?seed=x"', '"v4l2:"', '"/dev/zero"', "[0.1, 0.1]", "[[0, 0], [0, 0], [0, 0]]",
    "[[0, 0], [1, 1], [2, 2], [3, 3]]", "[1e308, -1e308]", "0x7fffffffffffffff", "a." * 3000 + "a = 1",
)  # fmt: skip
"""Values that a person, or somebody worse, may write in a TOML file."""

NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


def damaged_text(text: str, rng: random.Random) -> bytes:
    """Return a TOML text of which one to four lines are changed, moved, doubled or left out, or bytes of it flipped."""
    lines = text.splitlines()
    for _ in range(rng.randint(1, 4)):
        place = rng.randrange(len(lines))
        key, equals, value = lines[place].partition("=")
        match rng.randrange(6):
            case 0:
                lines[place] = f"{key}= {rng.choice(ODD)}" if equals else rng.choice(ODD)
            case 1:
                lines[place] = f"{key[: len(key) // 2]}{key[len(key) // 2 + 1 :]}{equals}{value}"
            case 2:
                lines.insert(place, rng.choice(lines))
            case 3 if len(lines) > 1:
                del lines[place]
            case 4:
                other = rng.randrange(len(lines))
                lines[place], lines[other] = lines[other], lines[place]
            case _:
                lines[place] = f"{key}={rng.choice(lines).rpartition('=')[2]}"
    data = "\n".join(lines).encode()
    return flipped_bits(data, rng, 3) if rng.random() < 0.2 and data else data


def flipped_bits(data: bytes, rng: random.Random, most: int) -> bytes:
    """Return bytes of which one bit is flipped, up to so many times."""
    found = bytearray(data)
    for _ in range(rng.randint(1, most)):
        found[rng.randrange(len(found))] ^= 1 << rng.randrange(8)
    return bytes(found)


def damaged_bytes(data: bytes, other: bytes, rng: random.Random) -> bytes:
    """Return a file to which one to four things were done, mostly in its first kilobytes, where headers are.

    Args:
        data: the file.
        other: another one, a part of which may be put into it.
        rng: decides.
    """
    for _ in range(rng.randint(1, 4)):
        place = rng.randrange(min(len(data), 2048) if rng.random() < 0.5 else len(data))
        length = rng.randint(1, 1 << rng.randint(0, 12))
        match rng.randrange(7):
            case 0:
                data = flipped_bits(data, rng, 40)
            case 1:
                size = rng.choice((1, 2, 4, 8))
                number = rng.choice(NUMBERS) % (1 << 8 * size)
                data = data[:place] + number.to_bytes(size, rng.choice(("big", "little"))) + data[place + size :]
            case 2:
                data = data[: max(place, 16)]
            case 3:
                data = data[:place] + data[place + length :]
            case 4:
                data = data[:place] + data[place : place + length] * 2 + data[place + length :]
            case 5:
                data = data[:place] + rng.randbytes(length) + data[place + length :]
            case _:
                begin = rng.randrange(len(other))
                data = data[:place] + other[begin : begin + length] + data[place + length :]
        data = data or b"\0"
    return data
