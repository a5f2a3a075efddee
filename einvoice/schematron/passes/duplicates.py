"""Pass `duplicates`: whether values repeat is asked of all of them at once, before each is compared with those before it.

    a[not(b = preceding-sibling::a/b)]   ->   if (count(a/b) = count(distinct-values(a/b))) then a else a[not(…)]

BR-DE-22 compares the file name of every attachment with all before it: 2,000 attachments are two million comparisons.
"""

from __future__ import annotations

from dataclasses import replace

from einvoice.schematron.xpath import SELF, Binary, Call, Conditional, Expression, Path, Step, rewrite


def duplicates(expression: Expression) -> Expression:
    """The expression with its searches for repeated values preceded by one look at all values.

    >>> from einvoice.schematron.xpath import parse
    >>> str(duplicates(parse("count(a[not(b = preceding-sibling::a/b)])")))
    'count((if (count(a/b) = count(distinct-values(a/b))) then a else a[not(b = preceding-sibling::a/b)]))'
    """
    return rewrite(expression, _guarded)


def _guarded(expression: Expression) -> Expression:
    match expression:
        case Path(_, (*before, Step("child", test, (Call("not", (Binary("=", Path(False, own), Path(False, earlier)),)),)) as last)):
            value = tuple(s for s in own if s != SELF)
            if earlier[:1] == (Step("preceding-sibling", test),) and earlier[1:] == value:
                nodes = replace(expression, steps=(*before, replace(last, predicates=())))
                values = replace(nodes, steps=nodes.steps + value)
                alike = Binary("=", Call("count", (values,)), Call("count", (Call("distinct-values", (values,)),)))
                return Conditional(alike, nodes, expression)
    return expression
