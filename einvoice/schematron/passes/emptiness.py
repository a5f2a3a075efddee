"""Pass `emptiness`: whether a text is empty can be asked without making the text.

normalize-space(x) != ''   ->   boolean(normalize-space(x))
"""

from __future__ import annotations

from einvoice.schematron.xpath import Binary, Call, Expression, String, rewrite


def emptiness(expression: Expression) -> Expression:
    """The expression with its comparisons with the empty text as truths.

    >>> from einvoice.schematron.xpath import parse
    >>> str(emptiness(parse("normalize-space(cbc:ID) != '' and normalize-space(.) = ''")))
    'boolean(normalize-space(cbc:ID)) and not(normalize-space(.))'
    """
    return rewrite(expression, _asked)


def _asked(expression: Expression) -> Expression:
    match expression:
        case Binary("=" | "!=" as operator, Call("normalize-space") as text, String("")):
            return Call("boolean" if operator == "!=" else "not", (text,))
    return expression
