"""Lines of arithmetic as they are printed, and what they come to."""

import math
import re
from collections.abc import Callable
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import lru_cache

SIGNS = {"×": "*", "·": "*", "−": "-", "³": "**3", "½": "(1/2)", "√(": "sqrt("}
SIGNS |= {"⌊": "floor(", "⌈": "ceil(", "⌋": ")", "⌉": ")"}


def spelled(text: str) -> str:
    """A printed line as Python would write it."""
    for sign, meant in SIGNS.items():
        text = text.replace(sign, meant)
    return re.sub(r"(?<=\d),(?=\d{3})", "", text)


def calculated(template: str, numbers: dict[str, float]) -> float:
    """The value of a line, in floating point."""
    text = spelled(re.sub(r"\{(\w+)\}", r"(numbers['\1'])", template))
    return float(eval(text, {"numbers": numbers, "sqrt": math.sqrt, "exp": math.exp}))


@lru_cache(200_000)
def exactly(text: str) -> Fraction:
    """The value of a printed line, exact where it is a fraction, to 60 digits where it is not."""
    quoted = re.sub(r"(?<![\w.'])(\d+(?:\.\d+)?)", r"F('\1')", spelled(text))
    quoted = re.sub(r"\*\*F\('3'\)", "**3", quoted)
    functions = {"sqrt": _irrational(Decimal.sqrt), "exp": _irrational(Decimal.exp), "F": Fraction}
    return Fraction(eval(quoted, {**functions, "floor": math.floor, "ceil": math.ceil}))


def _irrational(function: Callable[[Decimal], Decimal]) -> Callable[[Fraction], Fraction]:
    def of(number: Fraction) -> Fraction:
        with localcontext(prec=60):
            return Fraction(function(Decimal(number.numerator) / Decimal(number.denominator)))

    return of
