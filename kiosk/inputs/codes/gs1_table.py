"""GS1's application identifiers (AIs): the format of each, and which others it needs or excludes.

The facts are those of the GS1 Barcode Syntax Dictionary (Apache-2.0, as of 2025-12), in a shorter
form. A line of the table has the AI or a range of them, the parts of the value, and its companions:

- ``*``: the length is fixed, so that no separator follows.
- ``N`` digits, ``X`` GS1's 82 characters, ``Y`` its 39 characters, ``Z`` base64url; then the
  length, or ``..`` and the greatest length. ``+``: the part may be missing.
- ``csum``: the part ends with a check digit. ``date``: it is YYMMDD; ``date0``: the day may be 00.
- ``req``: one of these AIs must be present. ``ex``: none of them may be. ``n`` is any digit.

Finer tests of fields that the kiosk does not use, such as a bank account, are left out.
"""

from __future__ import annotations

import re
from functools import cache

from kiosk.base.frozen import frozen

_TABLE = """
00 *N18,csum
01 *N14,csum ex=255,37
02 *N14,csum ex=01,03 req=37
03 *N14,csum ex=01,02,37
10 X..20 req=01,02,03,8006,8026
11 *N6,date0 req=01,02,03,8006,8026
12 *N6,date0 req=8020
13 *N6,date0 req=01,02,03,8006,8026
15 *N6,date0 req=01,02,03,8006,8026
16 *N6,date0 req=01,02,03,8006,8026
17 *N6,date0 req=01,02,03,255,8006,8026
20 *N2 req=01,02,8006,8026
21 X..20 req=01,03,8006 ex=235
22 X..20 req=01
235 X..28 req=01
240-241 X..30 req=01,02,8006,8026
242 N..6 req=01,02,8006,8026
243 X..20 req=01
250 X..30 req=01,8006 req=21
251 X..30 req=01,8006
253 N13,csum +X..17
254 X..20 req=414
255 N13,csum +N..12 ex=01,02,415,8006,8020,8026
30 N..8 req=01,02
3100-3105 *N6 req=01,02 ex=310n
3110-3115 *N6 req=01,02 ex=311n
3120-3125 *N6 req=01,02 ex=312n
3130-3135 *N6 req=01,02 ex=313n
3140-3145 *N6 req=01,02 ex=314n
3150-3155 *N6 req=01,02 ex=315n
3160-3165 *N6 req=01,02 ex=316n
3200-3205 *N6 req=01,02 ex=320n
3210-3215 *N6 req=01,02 ex=321n
3220-3225 *N6 req=01,02 ex=322n
3230-3235 *N6 req=01,02 ex=323n
3240-3245 *N6 req=01,02 ex=324n
3250-3255 *N6 req=01,02 ex=325n
3260-3265 *N6 req=01,02 ex=326n
3270-3275 *N6 req=01,02 ex=327n
3280-3285 *N6 req=01,02 ex=328n
3290-3295 *N6 req=01,02 ex=329n
3300-3305 *N6 req=00,01 ex=330n
3310-3315 *N6 req=00,01 ex=331n
3320-3325 *N6 req=00,01 ex=332n
3330-3335 *N6 req=00,01 ex=333n
3340-3345 *N6 req=00,01 ex=334n
3350-3355 *N6 req=00,01 ex=335n
3360-3365 *N6 req=00,01 ex=336n
3370-3375 *N6 req=01 ex=337n
3400-3405 *N6 req=00,01 ex=340n
3410-3415 *N6 req=00,01 ex=341n
3420-3425 *N6 req=00,01 ex=342n
3430-3435 *N6 req=00,01 ex=343n
3440-3445 *N6 req=00,01 ex=344n
3450-3455 *N6 req=00,01 ex=345n
3460-3465 *N6 req=00,01 ex=346n
3470-3475 *N6 req=00,01 ex=347n
3480-3485 *N6 req=00,01 ex=348n
3490-3495 *N6 req=00,01 ex=349n
3500-3505 *N6 req=01,02 ex=350n
3510-3515 *N6 req=01,02 ex=351n
3520-3525 *N6 req=01,02 ex=352n
3530-3535 *N6 req=00,01 ex=353n
3540-3545 *N6 req=00,01 ex=354n
3550-3555 *N6 req=00,01 ex=355n
3560-3565 *N6 req=01,02 ex=356n
3570-3575 *N6 req=01,02 ex=357n
3600-3605 *N6 req=01,02 ex=360n
3610-3615 *N6 req=01,02 ex=361n
3620-3625 *N6 req=00,01 ex=362n
3630-3635 *N6 req=00,01 ex=363n
3640-3645 *N6 req=01,02 ex=364n
3650-3655 *N6 req=01,02 ex=365n
3660-3665 *N6 req=01,02 ex=366n
3670-3675 *N6 req=00,01 ex=367n
3680-3685 *N6 req=00,01 ex=368n
3690-3695 *N6 req=00,01 ex=369n
37 N..8 req=00 req=02,8026
3900-3909 N..15 req=255,8020 ex=390n,391n,394n,8111
3910-3919 N3 N..15 req=8020 ex=391n
3920-3929 N..15 req=01 req=30,31nn,32nn,35nn,36nn ex=392n,393n
3930-3939 N3 N..15 req=30,31nn,32nn,35nn,36nn ex=393n
3940-3943 N4 req=255 ex=394n,8111
3950-3955 N6 req=30,31nn,32nn,35nn,36nn ex=392n,393n,395n,8005
400-401 X..30
402 N17,csum
403 X..30 req=00
410-414 *N13,csum
415 *N13,csum req=8020
416-417 *N13,csum
420 X..20 ex=421
421 N3 X..9 ex=4307
422 N3 req=01,02,8006,8026 ex=426
423 N3 +N3 +N3 +N3 +N3 req=01,02 ex=426
424 N3 req=01,02 ex=426
425 N3 +N3 +N3 +N3 +N3 req=01,02 ex=426
426 N3 req=01,02
427 X..3 req=01,02 req=422
4300-4301 X..35 req=00
4302 X..70 req=00
4303 X..70 req=4302
4304-4306 X..70 req=00
4307 X2 req=00
4308 X..30 req=00
4309 N20 req=00
4310-4311 X..35 req=00
4312 X..70 req=00
4313 X..70 req=4312
4314-4316 X..70 req=00
4317 X2 req=00
4318 X..20 req=00
4319 X..30 req=00
4320 X..35 req=00
4321-4323 N1 req=00
4324-4325 N6,date0 N4 req=00
4326 N6,date req=00
4330 N6 +X1 req=00 ex=4331
4331 N6 +X1 req=00 ex=4330
4332 N6 +X1 req=00 ex=4333
4333 N6 +X1 req=00 ex=4332
7001 N13 req=01,02,8006,8026
7002 X..30 req=01,02
7003 N6,date N4 req=01,02
7004 N..4 req=01 req=10
7005 X..12 req=01,02
7006 N6,date req=01,02
7007 N6,date +N6,date req=01,02
7008 X..3 req=01,02
7009 X..10 req=01,02
7010 X..2 req=01,02
7011 N6,date +N4 req=01,02
7020 X..20 req=01,8006 req=416
7021 X..20 req=01,8006
7022 X..20 req=7021
7023 X..30
7030-7039 N3 X..27 req=01,02
7040 N1 X3
7041 X..4 req=00
710-716 X..20 req=01
7230-7239 X2 X..28 req=01,8004
7240 X..20 req=01,8006
7241 N2 req=8017,8018
7242 X..25 req=8017,8018
7250 N8 req=8018 ex=7251
7251 N12 req=8018 ex=7250
7252 N1 req=8018
7253-7254 X..40 req=8017,8018 ex=7256,7259
7255 X..10 req=8017,8018 ex=7256,7259
7256 X..90 req=8017,8018
7257 X..70 req=8018
7258 X3 req=8018+7259
7259 X..40 req=8018 ex=7256
8001 N14 req=01
8002 X..20
8003 N1 N13,csum +X..16
8004 X..30
8005 N6 req=01,02
8006 N14,csum N4 ex=01,37
8007 X..34 req=415
8008 N6,date N2 +N2 +N2 req=01,02
8009 X..50 req=00,01
8010 Y..30
8011 N..12 req=8010
8012 X..20 req=01,8006
8013 X..25
8014 X..25 req=01
8017 N18,csum ex=8018
8018 N18,csum ex=8017
8019 N..10 req=8017,8018
8020 X..25 req=415
8026 N14,csum N4 req=37 ex=02,8006
8030 Z..90 req=00,01+21,253,255,8003,8004,8006+21,8010+8011,8017,8018
8110 X..70
8111 N4 req=255
8112 X..70
8200 X..70 req=01
90 X..30
91-99 X..90
"""

# GS1 General Specifications, figures 7.11-1 to 7.11-3.
_CHARACTERS = {
    "N": "0-9",
    "X": r"!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z",
    "Y": r"#\-/0-9A-Z",
    "Z": "0-9A-Za-z_=-",
}
_PART = re.compile(r"(\+?)([NXYZ])(\.\.)?([0-9]+)(?:,(\w+))?")


@frozen
class IdentifierRule:
    """The rule of one AI. ``pattern`` has a group for each part; ``tests`` has a test for each.

    ``length`` is that of the whole value if it is fixed, else 0.
    """

    ai: str
    pattern: re.Pattern[str]
    tests: tuple[str, ...]
    length: int
    requires: tuple[tuple[str, ...], ...]  # one of each row
    excludes: tuple[str, ...]


@cache
def rules() -> dict[str, IdentifierRule]:
    """Return the rule of each AI. Built at the first use: most scanners read no GS1 code."""
    return {rule.ai: rule for line in _TABLE.split("\n") if line for rule in _rules(line)}


def _rules(line: str) -> list[IdentifierRule]:
    span, *words = line.split(" ")
    first, _, last = span.partition("-")
    parts = [match for word in words if (match := _PART.fullmatch(word.removeprefix("*")))]
    pattern = _compiled("".join(map(_pattern, parts)))
    length = int(parts[0][4]) if words[0].startswith("*") else 0
    requires = tuple(tuple(w[4:].split(",")) for w in words if w.startswith("req="))
    excludes = tuple(ai for w in words if w.startswith("ex=") for ai in w[3:].split(","))
    tests = tuple(part[5] or "" for part in parts)
    return [
        IdentifierRule(f"{number:0{len(first)}}", pattern, tests, length, requires, excludes)
        for number in range(int(first), int(last or first) + 1)
    ]


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compile each pattern once: five hundred AIs share about fifty patterns."""
    return re.compile(pattern)


def _pattern(part: re.Match[str]) -> str:
    optional, kind, variable, length, _ = part.groups()
    count = f"{{1,{length}}}" if variable else f"{{{length}}}"
    return f"([{_CHARACTERS[kind]}]{count}){'?' if optional else ''}"
