"""EAN-13 and Code 128 as one row of modules, 1 for dark, without the quiet zone."""

from __future__ import annotations

_DIGITS = ("0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011",
           "0110111", "0001011")  # fmt: skip
# Which of the left digits are inverted and mirrored, by the first digit (GS1 GS, figure 5.2.3.1-3).
_MIRRORED = ("000000", "001011", "001101", "001110", "010011", "011001", "011100", "010101",
             "010110", "011010")  # fmt: skip

# The widths of bars and spaces of Code 128 (ISO/IEC 15417, table 1), six for each value.
_CODE_128 = (
    "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231"
    "113222123122123221223211221132221231213212223112312131311222321122321221312212322112322211"
    "212123212321232121111323131123131321112313132113132311211313231113231311112133112331132131"
    "113123113321133121313121211331231131213113213311213131311123311321331121312113312311332111"
    "314111221411431111111224111422121124121421141122141221112214112412122114122411142112142211"
    "241211221114413111241112134111111242121142121241114212124112124211411212421112421211212141"
    "214121412121111143111341131141114113114311411113411311113141114131311141411131211412211214"
    "211232"
)
_STOP = "2331112"
_START_B, _START_C, _FNC1 = 104, 105, 102


def ean_13(number: str) -> bytes:
    """Return the 95 modules of a number of 13 digits."""
    left = (
        _mirrored(_DIGITS[int(digit)]) if mirrored == "1" else _DIGITS[int(digit)]
        for digit, mirrored in zip(number[1:7], _MIRRORED[int(number[0])], strict=True)
    )
    right = (_inverted(_DIGITS[int(digit)]) for digit in number[7:])
    return _row(f"101{''.join(left)}01010{''.join(right)}101")


def code_128(text: str) -> bytes:
    """Return the modules of a text of printable ASCII."""
    return _symbol([_START_B, *(ord(letter) - 32 for letter in text)])


def gs1_128(digits: str) -> bytes:
    """Return the modules of GS1 fields: an even number of digits, two in each symbol."""
    pairs = (int(digits[at : at + 2]) for at in range(0, len(digits), 2))
    return _symbol([_START_C, _FNC1, *pairs])


def _symbol(values: list[int]) -> bytes:
    check = (values[0] + sum(place * value for place, value in enumerate(values))) % 103
    widths = "".join(_CODE_128[6 * value : 6 * value + 6] for value in [*values, check]) + _STOP
    return _row("".join("10"[at % 2] * int(width) for at, width in enumerate(widths)))


def _inverted(modules: str) -> str:
    return modules.translate(str.maketrans("01", "10"))


def _mirrored(modules: str) -> str:
    return _inverted(modules)[::-1]


def _row(modules: str) -> bytes:
    return bytes(map(int, modules))
