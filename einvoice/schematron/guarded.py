"""Write rules as XSLT so that one assertion that dies costs only itself.

A type error in one assertion ends the run of an official stylesheet, and every finding is lost. A document on which
that happens is judged again by this stylesheet: every rule as a template of its own with the pattern that it was
published with, every assertion in an `xsl:try` with the variables it uses. Nothing is optimised here, so this is also
the stylesheet for rules about anything but elements. It is written as parts with what a document must have for them to matter, as
in `emit.py`: such a stylesheet takes longer to compile than to run.

Text out, as from `assemble.py`: a line for each failed check; one that begins with `!` died, and ends with the reason.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from einvoice.schematron.assemble import quoteattr
from einvoice.schematron.emit import Part, variable
from einvoice.schematron.needs import needs
from einvoice.schematron.xpath import Expression, free_variables, negation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from einvoice.schematron.rule_set import Assertion, Let, Pattern, RuleSet

ERRORS = "http://www.w3.org/2005/xqt-errors"
_WALK = '<xsl:apply-templates select="@*|node()" mode="#current"/>'
_REASON = "translate(concat(local-name-from-QName($err:code), ': ', $err:description), '&#9;&#10;&#13;', '   ')"


def guarded(rules: RuleSet, names: tuple[tuple[str, int], ...]) -> list[Part]:
    """The start, the walk, and a template for each rule, its assertions in the middle.

    `names` are the sets that `rules` was merged from, each with its number of patterns.
    """
    lets = {let.name: let.value for let in rules.lets}
    body: list[Part] = [f'<xsl:template match="@*|node()" mode="#all">{_WALK}</xsl:template>']
    number, starts = 0, []
    for index, pattern in enumerate(rules.patterns):
        starts.append(f'<xsl:apply-templates select="/" mode="p{index}"/>')
        body += _templates(pattern, index, number, _set_of(index, names), lets)
        number += sum(len(rule.assertions) for rule in pattern.rules)
    return [f'<xsl:output method="text"/><xsl:template match="/">{"".join(starts)}</xsl:template>', *body]


def _set_of(pattern: int, names: tuple[tuple[str, int], ...]) -> str:
    for name, count in names:
        if pattern < count:
            return name
        pattern -= count
    raise IndexError(pattern)


def _templates(pattern: Pattern, index: int, number: int, name: str, lets: Mapping[str, Expression]) -> Iterator[Part]:
    """The first rule that matches a node judges it: the first has the highest priority."""
    for place, rule in enumerate(pattern.rules):
        own = {**lets, **{let.name: let.value for let in rule.lets}}
        checks = [_checked(a, rule.lets, number + n, own) for n, a in enumerate(rule.assertions)]
        match = quoteattr(str(rule.context))
        start = f'<xsl:template match={match} mode="p{index}" priority="{len(pattern.rules) - place}"><xsl:text>&#10;+{name}</xsl:text>'
        needed = sorted(needs(rule.context, unless=False, lets=lets))
        yield ["if", needed, "", [start, *checks, f"{_WALK}</xsl:template>"]]
        number += len(rule.assertions)


def _checked(assertion: Assertion, lets: tuple[Let, ...], number: int, own: Mapping[str, Expression]) -> Part:
    values = "".join(f" || '&#9;' || translate(string-join(({p}) ! string(.), ' '), '&#9;&#10;&#13;', '   ')" for p in _computed(assertion))
    line = _attribute(f"'&#10;{number}&#9;' || path(.){values}")
    fails = quoteattr(str(negation(assertion.test)))
    check = f"<xsl:if test={fails}><xsl:value-of select={line}/></xsl:if>"
    died = _attribute(f"'&#10;!{number}&#9;' || path(.) || '&#9;' || {_REASON}")
    text = f"<xsl:try>{_needed(assertion, lets)}{check}<xsl:catch><xsl:value-of select={died}/></xsl:catch></xsl:try>"
    return ["if", sorted(needs(assertion.test, unless=True, lets=own)), "", [text]]


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
