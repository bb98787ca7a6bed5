"""The packets of the cameras that are not there hold the frames that were encoded."""

import pytest

from benchmarks.load.rtsp_cameras import LONGEST, _payloads, nal_units


def joined(payloads):
    """Return the NAL unit of payloads, as RFC 6184 has it put together again."""
    if len(payloads) == 1:
        return payloads[0]
    assert [part[1] >> 7 for part in payloads] == [1] + [0] * (len(payloads) - 1)
    assert [part[1] >> 6 & 1 for part in payloads] == [0] * (len(payloads) - 1) + [1]
    first = payloads[0]
    return bytes((first[0] & 0xE0 | first[1] & 31,)) + b"".join(part[2:] for part in payloads)


@pytest.mark.parametrize("length", [1, LONGEST, LONGEST + 1, 3 * LONGEST, 10_000])
def test_a_unit_is_the_same_once_put_together_again(length):
    unit = b"\x65" + bytes(n % 251 for n in range(length - 1))
    payloads = list(_payloads(unit))
    assert max(map(len, payloads)) <= LONGEST
    assert joined(payloads) == unit


def test_units_are_told_apart_by_start_codes_of_either_length():
    units = [b"\x67\x01\x80", b"\x68\x02\x80", b"\x65\x03\x00\x00\x03\x01\x80"]
    assert list(nal_units(b"\0\0\0\1" + units[0] + b"\0\0\0\1" + units[1] + b"\0\0\1" + units[2])) == units
