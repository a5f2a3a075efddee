"""Write rules as XSLT so that one assertion that dies costs only itself.

A type error in one assertion ends the run of an official stylesheet, and every finding is lost. A document on which
that happens is judged again by this stylesheet: every rule as a template of its own with the pattern that it was
published with, every assertion in an `xsl:try` with the variables it uses. Nothing is optimised here, so this is also
the stylesheet for rules about anything but elements.

Text out, as from `assemble.py`: a line for each failed check; one that begins with `!` died, and ends with the reason.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from einvoice.schematron.assemble import XMLNS, quoteattr
from einvoice.schematron.emit import variable
from einvoice.schematron.xpath import Expression, free_variables, negation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from einvoice.schematron.rule_set import Assertion, Let, Pattern, RuleSet

ERRORS = "http://www.w3.org/2005/xqt-errors"
_WALK = '<xsl:apply-templates select="@*|node()" mode="#current"/>'
_REASON = "translate(concat(local-name-from-QName($err:code), ': ', $err:description), '&#9;&#10;&#13;', '   ')"


def guarded(rules: RuleSet, names: tuple[tuple[str, int], ...], maps: str) -> str:
    """The stylesheet. `names` are the sets that `rules` was merged from, each with its number of patterns; `maps` its code lists."""
    body = [f'<xsl:template match="@*|node()" mode="#all">{_WALK}</xsl:template>']
    number, starts = 0, []
    for index, pattern in enumerate(rules.patterns):
        starts.append(f'<xsl:apply-templates select="/" mode="p{index}"/>')
        body += _templates(pattern, index, number, _set_of(index, names))
        number += sum(len(rule.assertions) for rule in pattern.rules)
    lets = "".join(variable(let.name, let.value) for let in rules.lets)
    start = f'<xsl:template match="/">{"".join(starts)}</xsl:template>'
    namespaces = {p: u for p, u in rules.namespaces.items() if p not in XMLNS} | XMLNS | {"err": ERRORS}
    declared = "".join(f" xmlns:{p}={quoteattr(u)}" for p, u in namespaces.items())
    head = f'<xsl:stylesheet version="3.0"{declared} exclude-result-prefixes="#all"><xsl:output method="text"/>'
    return f"{head}{maps}{''.join(rules.functions)}{lets}{start}{''.join(body)}</xsl:stylesheet>"


def _set_of(pattern: int, names: tuple[tuple[str, int], ...]) -> str:
    for name, count in names:
        if pattern < count:
            return name
        pattern -= count
    raise IndexError(pattern)


def _templates(pattern: Pattern, index: int, number: int, name: str) -> Iterator[str]:
    """The first rule that matches a node judges it: the first has the highest priority."""
    for place, rule in enumerate(pattern.rules):
        checks = "".join(_checked(a, rule.lets, number + n) for n, a in enumerate(rule.assertions))
        matched = f"<xsl:text>&#10;+{name}</xsl:text>"
        match = quoteattr(str(rule.context))
        yield f'<xsl:template match={match} mode="p{index}" priority="{len(pattern.rules) - place}">{matched}{checks}{_WALK}</xsl:template>'
        number += len(rule.assertions)


def _checked(assertion: Assertion, lets: tuple[Let, ...], number: int) -> str:
    values = "".join(f" || '&#9;' || translate(string-join(({p}) ! string(.), ' '), '&#9;&#10;&#13;', '   ')" for p in _computed(assertion))
    line = _attribute(f"'&#10;{number}&#9;' || path(.){values}")
    fails = quoteattr(str(negation(assertion.test)))
    check = f"<xsl:if test={fails}><xsl:value-of select={line}/></xsl:if>"
    died = _attribute(f"'&#10;!{number}&#9;' || path(.) || '&#9;' || {_REASON}")
    return f"<xsl:try>{_needed(assertion, lets)}{check}<xsl:catch><xsl:value-of select={died}/></xsl:catch></xsl:try>"


def _computed(assertion: Assertion) -> list[Expression]:
    return [part for part in assertion.message if not isinstance(part, str)]


def _needed(assertion: Assertion, lets: tuple[Let, ...]) -> str:
    """The variables of the rule that an assertion uses, within the try: they may be what dies."""
    wanted = free_variables(assertion.test).union(*map(free_variables, _computed(assertion)))
    texts: list[str] = []
    for let in reversed(lets):
        if let.name in wanted:
            wanted |= free_variables(let.value)
            texts.append(variable(let.name, let.value))
    return "".join(reversed(texts))


def _attribute(xpath: str) -> str:
    """An expression with character references in it, quoted for an attribute."""
    return quoteattr(re.sub(r"&#(\d+);", lambda m: chr(int(m[1])), xpath))
