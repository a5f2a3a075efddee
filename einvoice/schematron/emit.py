"""Write a plan as XSLT 3.0: one walk over the document, one template per element name, text out.

What is written is a tree of parts, each with what a document must have for the part to matter (`needs.py`), so that
`assemble.py` can put together the whole stylesheet or the one for a single document. Parts are plain JSON:

    "text"   ["if", needs, test, parts]   ["choose", [[needs, test, parts], …]]   ["let", name, text]   ["each", needs, path, parts]
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, TypeAlias

from einvoice.schematron.assemble import quoteattr
from einvoice.schematron.plan import ANY
from einvoice.schematron.xpath import TRUE, Call, Expression, Path, Step, negation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from einvoice.schematron.plan import Branch, Check, Inverted, Plan, Template

Part: TypeAlias = Any
Needs: TypeAlias = frozenset[str]
GUARDED_CHECKS = 6
"""a code is looked up before its checks only where it spares this many"""


def emitted(plan: Plan, often: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    """The parts of a plan: templates by name, global values by name, keys.

    `often` has the parents under which elements stand in documents that have many of them.
    """
    writer = _Writer(plan, often)
    templates = {name: writer.template(name, template) for name, template in plan.templates.items()}
    lets = {let.name: str(let.value) for let in plan.lets}
    return {
        "templates": {name: parts for name, parts in templates.items() if parts},
        "plain": sorted(name for name, parts in templates.items() if not parts and name != ANY),
        "anywhere": [*_root_attributes(plan), *map(writer.sweep, plan.sweeps)],
        "lets": {**lets, **{name: _values(leaf) for leaf, name in writer.guards.items()}},
        "keys": {name: [match, use] for name, (match, use) in plan.keys.items()},
        "leaves": writer.leaves(),
        "values": sorted(token for token in writer.used if "=" in token),
    }


def _values(leaf: str) -> str:
    """All values of a leaf, as `leaf_of` takes them: white space normal, in both cases."""
    return f"distinct-values(//{leaf}/(normalize-space(.) ! (., upper-case(.))))"


def _root_attributes(plan: Plan) -> list[Part]:
    """One search for all forbidden attributes: most documents have none, and a search costs the whole document."""
    root = next((name for name, t in plan.templates.items() if any(plan.rules[b.rule].is_root for c in t.chains for b in c)), None)
    if root is None:
        return []
    names = dict.fromkeys(name for name, _ in plan.root_attributes)
    reports = [
        ["if", [f"@{name}"], f"//@{name}", [f'<xsl:sequence select="{number}, /*"/>' for n, number in plan.root_attributes if n == name]]
        for name in names
    ]
    return [["if", [], f"//({' | '.join(f'@{name}' for name in names)})", reports]] if names else []


class _Writer:
    def __init__(self, plan: Plan, often: Mapping[str, tuple[str, ...]]) -> None:
        self.plan, self.often = plan, often
        self.used: set[str] = set()
        root_rules = (rule for rule in plan.rules if rule.is_root)
        self.codes = Counter(t for rule in root_rules for c in rule.checks for t in c.needs if "=" in t)
        self.guards = self._worthwhile_guards()

    def _worthwhile_guards(self) -> dict[str, str]:
        """The leaves whose values decide about many checks at the document element, with a name for each."""
        counted = Counter(_leaf(code) for code in self.codes.elements())
        return {
            leaf: "values-" + re.sub(r"\W", "-", leaf) for leaf, n in counted.items() if n >= GUARDED_CHECKS and not leaf.startswith("@")
        }

    def leaves(self) -> list[str]:
        """The elements and attributes whose values a document has to be asked for."""
        return sorted({_leaf(t) for t in self.used if "=" in t})

    def need(self, found: Needs) -> list[str]:
        self.used |= found
        return sorted(found)

    # -- templates --------------------------------------------------------------------------------

    def template(self, name: str, template: Template) -> list[Part]:
        parts = [self.chain(chain) for chain in template.chains if any(b.checks for b in chain)]
        lets = [["let", let.name, variable(let.name, let.value)] for let in template.lets]
        return [*lets, *parts, *self.inverted(template.inverted, self.often.get(name, ()))]

    def chain(self, chain: tuple[Branch, ...]) -> Part:
        last = max(i for i, b in enumerate(chain) if b.checks)
        return choose([self.branch(b) for b in chain[: last + 1]])

    def branch(self, branch: Branch) -> list[Any]:
        return [self.need(branch.needs), str(branch.condition) if branch.condition != TRUE else "", self.body(branch)]

    def sweep(self, branch: Branch) -> Part:
        return ["each", self.need(branch.needs), f"//*[{branch.condition}]", self.body(branch)]

    def body(self, branch: Branch) -> list[Part]:
        lets = [["let", let.name, variable(let.name, let.value)] for let in branch.lets]
        checks = self.guarded(branch.checks) if self.plan.rules[branch.rule].is_root else self.checks(branch.checks)
        return [*lets, *checks] if checks else []

    def guarded(self, checks: tuple[Check, ...]) -> list[Part]:
        """Checks about one code together, behind one look at whether the document has that code."""
        groups: dict[str, list[Check]] = {}
        for check in checks:
            codes = [t for t in check.needs if "=" in t and _leaf(t) in self.guards]
            rarest = min(codes, key=lambda code: (self.codes[code], code), default="")
            groups.setdefault(rarest, []).append(check)
        parts = self.checks(tuple(groups.pop("", ())))
        for code, members in groups.items():
            leaf, _, value = code.partition("=")
            test = f"${self.guards[leaf]} = '{value}'"
            parts.append(["if", self.need(frozenset([code])), test, self.checks(tuple(members))])
        return parts

    def checks(self, checks: tuple[Check, ...]) -> list[Part]:
        """Checks of attributes stand together behind one look at whether there are any."""
        about = [c for c in checks if _is_attribute(negation(c.test))]
        parts = [self.check(c) for c in checks if c not in about]
        if len(about) > 1:
            return [*parts, ["if", [], "@*", [self.check(c) for c in about]]]
        return [*parts, *map(self.check, about)]

    def check(self, check: Check) -> Part:
        return ["if", self.need(check.needs), str(negation(check.test)), [reported(check)]]

    # -- inverted checks --------------------------------------------------------------------------

    def inverted(self, checks: tuple[Inverted, ...], often: tuple[str, ...]) -> list[Part]:
        """By parent; those under which the element often stands first, also where nothing is to be checked there."""
        parents = dict.fromkeys(sorted((i.parent for i in checks), key=lambda parent: parent not in often))
        anywhere = self.turned([i for i in checks if not i.parent])
        cases = [[self.need(frozenset([p])), f"parent::{p}", self.turned([i for i in checks if i.parent == p])] for p in parents if p]
        harmless = [parent for parent in often if parent not in parents]
        if harmless and len(cases) > len(harmless):
            cases.insert(0, [[], " or ".join(f"parent::{p}" for p in harmless), []])
        return [*anywhere, *([choose(cases)] if cases else [])]

    def turned(self, checks: list[Inverted]) -> list[Part]:
        at_attributes = [self.inverted_check(i) for i in checks if i.attribute]
        others = [self.inverted_check(i) for i in checks if not i.attribute]
        return [*others, *([["if", [], "@*", at_attributes]] if at_attributes else [])]

    def inverted_check(self, check: Inverted) -> Part:
        report = f'<xsl:sequence select="{check.number}, {check.report}"/>'
        return ["if", self.need(check.needs), "" if check.condition == TRUE else str(check.condition), [report]]


def _leaf(code: str) -> str:
    return code.partition("=")[0]


def choose(cases: list[list[Any]]) -> Part:
    """The first case whose test holds; a single one is an `if`."""
    return ["if", *cases[0]] if len(cases) == 1 else ["choose", cases]


def variable(name: str, value: Expression) -> str:
    """An `xsl:variable`."""
    return f"<xsl:variable name={quoteattr(name)} select={quoteattr(str(value))}/>"


def reported(check: Check) -> str:
    """The number of a check, its node, and the computed parts of its message."""
    values = "".join(f", string-join(({part}) ! string(.), ' ')" for part in check.message)
    return f"<xsl:sequence select={quoteattr(f'{check.number}, .{values}')}/>"


def _is_attribute(fails: Expression) -> bool:
    match fails:
        case Path(False, (Step("attribute", _, _),)) | Call("exists", (Path(False, (Step("attribute", _, _),)),)):
            return True
    return False
