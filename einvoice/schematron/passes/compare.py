"""Pass `compare`: a text that is equal as it stands need not be normalised first.

    normalize-space(.) = 'VAT'   ->   . = 'VAT' or normalize-space(.) = 'VAT'

Only where the text is one: the context item or an attribute. Elsewhere more than one is an error, which has to stay.
"""

from __future__ import annotations

from einvoice.schematron.xpath import Binary, Call, Dot, Expression, Filter, Path, Step, String, any_of, rewrite


def compare(expression: Expression) -> Expression:
    """The expression with its comparisons of normalised texts made in two steps.

    >>> from einvoice.schematron.xpath import parse
    >>> str(compare(parse("cbc:ID/normalize-space(.) = 'VAT'")))
    "(cbc:ID = 'VAT') or (cbc:ID/normalize-space(.) = 'VAT')"
    """
    return rewrite(expression, _compared)


def _compared(expression: Expression) -> Expression:
    match expression:
        case Binary("=", left, String(text)):
            plain = _plain(left, text)
            return any_of([Binary("=", plain, String(text)), expression]) if plain is not None else expression
    return expression


def _plain(asked: Expression, text: str) -> Expression | None:
    """What is asked for without its functions, if they leave the wanted text as it is."""
    match asked:
        case Call("normalize-space", (Dot() | Path(False, (Step("attribute", _, _),)) as inner,)) if " ".join(text.split()) == text:
            return inner
        case Path(absolute, (*steps, Filter(Call("normalize-space", (Dot(),)), ()))) if steps and " ".join(text.split()) == text:
            return Path(absolute, tuple(steps))
    return None
