"""Put a compiled stylesheet together: the whole one, or what one document can touch of it.

Compiling XSLT takes Saxon most of the time of a first call, and most of the rules cannot say anything about most
documents: a document without `cac:PayeeParty` breaks no rule about it. On the way of every first call: no XPath, no
lxml, only parts (`emit.py`) put together.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

WALK = '<xsl:apply-templates select="*"/>'
OWN = "einvoice"
"""prefix of what no rule set has brought"""
XMLNS = {
    "xsl": "http://www.w3.org/1999/XSL/Transform",
    "xs": "http://www.w3.org/2001/XMLSchema",
    "map": "http://www.w3.org/2005/xpath-functions/map",
    OWN: "urn:einvoice",
}
FEW = 2_000
"""elements of a document up to which asking all lines is cheaper than a key to them"""
DOCUMENT, IS_SMALL = f"{OWN}:document", f"{OWN}:is-small"
_OWN_LETS = {DOCUMENT: "/", IS_SMALL: f"empty((//*)[{FEW}])"}
MANY = 128
"""failed checks from which on it is cheaper to number all siblings once"""
_STEP = "'/Q{' || namespace-uri() || '}' || local-name() || '[' || $positions(generate-id()) || ']'"
START = f"""<xsl:output method="text"/><xsl:template match="/">\
<xsl:variable name="failed" as="item()*">{WALK}@ANYWHERE@</xsl:variable>@MATCHED@\
<xsl:variable name="nodes" select="$failed[. instance of node()]"/>\
<xsl:variable name="positions" as="map(xs:string, xs:integer)"><xsl:map><xsl:if test="count($nodes) gt {MANY}">\
<xsl:for-each select="$nodes/ancestor::node()"><xsl:for-each-group select="*" group-by="node-name(.)">\
<xsl:for-each select="current-group()"><xsl:map-entry key="generate-id(.)" select="position()"/></xsl:for-each>\
</xsl:for-each-group></xsl:for-each></xsl:if></xsl:map></xsl:variable>\
<xsl:for-each select="$failed"><xsl:choose>\
<xsl:when test=". instance of xs:integer">\
<xsl:text>&#10;</xsl:text><xsl:value-of select="."/></xsl:when>\
<xsl:when test=". instance of xs:string"><xsl:text>&#9;</xsl:text><xsl:value-of select="translate(., '&#9;&#10;&#13;', '   ')"/></xsl:when>\
<xsl:when test="map:size($positions) = 0"><xsl:text>&#9;</xsl:text><xsl:value-of select="path(.)"/></xsl:when>\
<xsl:otherwise><xsl:text>&#9;</xsl:text><xsl:value-of select="string-join(ancestor-or-self::* ! ({_STEP}))"/></xsl:otherwise>\
</xsl:choose></xsl:for-each></xsl:template>"""
REFERENCES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("\t", "&#9;"), ("\n", "&#10;"), ("\r", "&#13;"))
_VARIABLE = re.compile(r"\$([\w.:-]+)")
_KEY = re.compile(r"\bkey\('([^']+)'")
_FUNCTION = re.compile(r"([\w.-]+:[\w.-]+)\(")


def assembled(compiled: Mapping[str, Any], tokens: frozenset[str] | None = None) -> str:
    """The stylesheet; with `tokens`, only what a document with these can violate.

    The answer of both is the same for such a document: one line for each failed check, its number, the node and the
    computed parts of its message between tabs.
    """
    has = _has(tokens)
    sheet = compiled["sheet"]
    present = {n: parts for n, parts in sheet["templates"].items() if tokens is None or n in tokens or n == "*"}
    templates = {name: text for name, parts in present.items() if (text := _text(parts, has))}
    templates.setdefault("*", "")  # the template built into XSLT would copy texts
    plain = [n for n in (*sheet["plain"], *sheet["templates"]) if n not in templates and (tokens is None or n in tokens)]
    start = START.replace("@ANYWHERE@", _text(sheet["anywhere"], has)).replace("@MATCHED@", _matched(compiled["matched"]))
    body = [start, *(f'<xsl:template match="{name}">{text}{WALK}</xsl:template>' for name, text in templates.items())]
    if plain and templates["*"]:
        body.append(f'<xsl:template match="{"|".join(plain)}">{WALK}</xsl:template>')
    return _stylesheet(compiled, "".join(body), tokens)


def assembled_guarded(compiled: Mapping[str, Any], tokens: frozenset[str] | None = None) -> str:
    """The same of a guarded stylesheet (`guarded.py`)."""
    return _stylesheet(compiled, _text(compiled["sheet"]["body"], _has(tokens)), tokens)


def _has(tokens: frozenset[str] | None) -> Callable[[list[str]], bool]:
    """Whether a document has what a part needs; without tokens, it may have anything."""
    return (lambda _: True) if tokens is None else tokens.issuperset


def quoteattr(text: str) -> str:
    """A text as an attribute's value, in quotes; white space as it is."""
    for character, reference in REFERENCES:
        text = text.replace(character, reference)
    return f'"{text}"'


def _matched(contexts: Mapping[str, str]) -> str:
    """A line for each rule set that judges anything in the document: one that does not has not been asked."""
    return "".join(f"<xsl:if test={quoteattr(path)}><xsl:text>&#10;+{name}</xsl:text></xsl:if>" for name, path in contexts.items())


def _text(parts: Iterable[Any], has: Callable[[list[str]], bool]) -> str:
    """The text of parts, without those that the document cannot need."""
    texts: list[str] = []
    for part in reversed(list(parts)):
        if isinstance(part, str):
            texts.append(part)
        elif part[0] == "let":
            if any(f"${part[1]}" in text for text in texts):
                texts.append(part[2])
        else:
            texts.append(_WRITTEN[part[0]](part[1:], has))
    return "".join(reversed(texts))


def _if(case: list[Any], has: Callable[[list[str]], bool]) -> str:
    needs, test, parts = case
    text = _text(parts, has) if has(needs) else ""
    return f"<xsl:if test={quoteattr(test)}>{text}</xsl:if>" if test and text else text


def _each(search: list[Any], has: Callable[[list[str]], bool]) -> str:
    needs, path, parts = search
    text = _text(parts, has) if has(needs) else ""
    return f"<xsl:for-each select={quoteattr(path)}>{text}</xsl:for-each>" if text else ""


def _choose(part: list[Any], has: Callable[[list[str]], bool]) -> str:
    """Cases without a body stay where one behind them has one: they keep its nodes from it."""
    possible = [(test, _text(parts, has)) for needs, test, parts in part[0] if has(needs)]
    while possible and not possible[-1][1]:
        possible.pop()
    if not possible or not possible[0][0]:
        return possible[0][1] if possible else ""
    if len(possible) == 1:
        return f"<xsl:if test={quoteattr(possible[0][0])}>{possible[0][1]}</xsl:if>"
    whens = "".join(
        f"<xsl:when test={quoteattr(test)}>{text}</xsl:when>" if test else f"<xsl:otherwise>{text}</xsl:otherwise>"
        for test, text in possible
    )
    return f"<xsl:choose>{whens}</xsl:choose>"


_WRITTEN: Mapping[str, Callable[[list[Any], Callable[[list[str]], bool]], str]] = {"if": _if, "each": _each, "choose": _choose}


# -- what the templates refer to ------------------------------------------------------------------------


def _key(name: str, match: str, use: str) -> str:
    """A key, and the function that asks it."""
    all_of_them = f"${DOCUMENT}{'' if match.startswith('/') else '//'}{match}"
    nodes = f"if (${IS_SMALL}) then {all_of_them}[{use} = $value] else key('{name}', $value, ${DOCUMENT})"
    key = f"<xsl:key name={quoteattr(name)} match={quoteattr(match)} use={quoteattr(use)}/>"
    return f'{key}<xsl:function name="{name}"><xsl:param name="value"/><xsl:sequence select={quoteattr(nodes)}/></xsl:function>'


def _stylesheet(compiled: Mapping[str, Any], body: str, tokens: frozenset[str] | None) -> str:
    globals_ = _referenced(compiled, body, tokens)
    text = "".join(globals_.values()) + body
    namespaces = {p: u for p, u in compiled["namespaces"].items() if p not in XMLNS} | XMLNS
    declared = "".join(f" xmlns:{p}={quoteattr(u)}" for p, u in namespaces.items())
    return f'<xsl:stylesheet version="3.0"{declared} exclude-result-prefixes="#all">{text}</xsl:stylesheet>'


def _referenced(compiled: Mapping[str, Any], body: str, tokens: frozenset[str] | None) -> dict[str, str]:
    """The global values, functions and keys that a text refers to, and those that these refer to."""
    found: dict[str, str] = {}
    texts = [body]
    while texts:
        text = texts.pop()
        for name in (*_VARIABLE.findall(text), *_FUNCTION.findall(text), *_KEY.findall(text)):
            if name not in found and (definition := _definition(compiled, name, tokens)):
                found[name] = definition
                texts.append(definition)
    return found


def _definition(compiled: Mapping[str, Any], name: str, tokens: frozenset[str] | None) -> str:
    if name in compiled["codes"]:
        return code_map(name, compiled["codes"][name], tokens)
    if name in compiled["sheet"]["keys"]:
        return _key(name, *compiled["sheet"]["keys"][name])
    select = _OWN_LETS.get(name) or compiled["sheet"]["lets"].get(name)
    if select is not None:
        return f"<xsl:variable name={quoteattr(name)} select={quoteattr(select)}/>"
    return "".join(compiled["functions"].get(name, ()))


def code_map(name: str, codes: list[str], tokens: frozenset[str] | None = None) -> str:
    """A code list as a map; for one document, the codes that it has: 2,000 units of measure take time to compile."""
    present = codes if tokens is None else [code for code in codes if f"={code}" in tokens]
    entries = ", ".join("'" + code.replace("'", "''") + "': 1" for code in present)
    return f'<xsl:variable name={quoteattr(name)} static="yes" select={quoteattr(f"map{{{entries}}}")}/>'
