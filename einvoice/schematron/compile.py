"""Compile rule sets into what a scenario's stylesheets are put together from.

    rule sets -> one set -> inline, codes -> plan -> invert, hoist … -> parts (JSON)

Runs when the package is built, and for users' own rules when they are added; never when a document is judged.
"""

from __future__ import annotations

import json
import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from lxml import etree

from einvoice.schematron.contexts import Alternative, alternatives, folded, without_errors
from einvoice.schematron.emit import emitted
from einvoice.schematron.guarded import ERRORS, guarded
from einvoice.schematron.passes.anchor import anchor
from einvoice.schematron.passes.codes import codes
from einvoice.schematron.passes.compare import compare
from einvoice.schematron.passes.duplicates import duplicates
from einvoice.schematron.passes.emptiness import emptiness
from einvoice.schematron.passes.hoist import hoist
from einvoice.schematron.passes.inline import inline
from einvoice.schematron.passes.invert import invert
from einvoice.schematron.passes.need import need
from einvoice.schematron.passes.rates import rates
from einvoice.schematron.passes.release import release
from einvoice.schematron.passes.sweep import sweep
from einvoice.schematron.passes.switch import switch
from einvoice.schematron.plan import planned
from einvoice.schematron.rule_set import merged, with_prefixes
from einvoice.schematron.xpath import DESCENDANTS, TRUE, Expression, Path, Step, any_of
from einvoice.syntax.namespaces import RULE_PREFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from einvoice.schematron.plan import Plan
    from einvoice.schematron.rule_set import RuleSet


_NO_LISTS: dict[str, list[str]] = {}
PLAN_PASSES: Mapping[str, Callable[[Plan], Plan]] = {
    "invert": invert,
    "need": need,
    "anchor": anchor,
    "switch": switch,
    "duplicates": lambda plan: plan.mapped(duplicates),
    "rates": rates,
    "hoist": hoist,
    "release": release,
    "emptiness": lambda plan: plan.mapped(emptiness),
    "compare": lambda plan: plan.mapped(compare),
    "sweep": sweep,
}
PASSES = ("inline", "codes", *PLAN_PASSES)


def compiled(
    sets: Mapping[str, RuleSet], *, passes: tuple[str, ...] = PASSES, often: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    by_root: frozenset[str] = frozenset(),
) -> dict[str, Any]:  # fmt: skip
    """The parts of the stylesheet that judges by all these sets at once, as plain JSON.

    `passes` are the optimisations to make; `often` names the parents under which an element stands in long documents,
    `by_root` the sets that have a rule about the document element of every document they are for.
    Raises UnsupportedContext for a rule about anything but elements.
    """
    prefixed = {name: with_prefixes(s, RULE_PREFIXES) for name, s in sets.items()}
    rules, lists = merged(tuple(prefixed.values())), _NO_LISTS
    if "inline" in passes:
        rules = inline(rules)
    if "codes" in passes:
        rules, lists = codes(rules)
    plan = planned(rules, frozenset(lists))
    for name, optimised in PLAN_PASSES.items():
        plan = optimised(plan) if name in passes else plan
    return {
        "passes": list(passes),
        "namespaces": _used(rules),
        "functions": _by_name(rules.functions),
        "codes": lists,
        "asserts": _asserts(sets),
        "matched": {name: str(_matched(s, by_root=name in by_root)) for name, s in prefixed.items()},
        "sheet": emitted(plan, often),
    }


def compiled_guarded(sets: Mapping[str, RuleSet]) -> dict[str, Any]:
    """The parts of the stylesheet for documents on which an assertion of these sets dies (`guarded.py`), as plain JSON."""
    prefixed = {name: with_prefixes(s, RULE_PREFIXES) for name, s in sets.items()}
    rules, lists = codes(merged(tuple(prefixed.values())))
    body = guarded(rules, tuple((name, len(s.patterns)) for name, s in prefixed.items()))
    checks = [check for template in body[2:] for check in template[3][1:-1]]
    valued = sorted({need for part in (*body[2:], *checks) for need in part[1] if "=" in need})
    return {
        "namespaces": _used(rules) | {"err": ERRORS},
        "functions": _by_name(rules.functions),
        "codes": lists,
        "sheet": {
            "body": body,
            "lets": {let.name: str(let.value) for let in rules.lets},
            "keys": {},
            "leaves": sorted({need.partition("=")[0] for need in valued}),
            "values": valued,
            "needs": [check[1] for check in checks],
        },
    }


def files(
    name: str, sets: Mapping[str, RuleSet], *, made_of: Mapping[str, Any] = MappingProxyType({}),
    often: Mapping[str, tuple[str, ...]] = MappingProxyType({}), by_root: frozenset[str] = frozenset(),
) -> dict[str, bytes]:  # fmt: skip
    """Both as files, as `official` reads them; `made_of` is kept beside the parts. Raises what `compiled` raises."""
    parts = {"": {**made_of, **compiled(sets, often=often, by_root=by_root)}, ".guarded": compiled_guarded(sets)}
    return {f"{name}{suffix}.json": json.dumps(one, separators=(",", ":")).encode() for suffix, one in parts.items()}


def _asserts(sets: Mapping[str, RuleSet]) -> list[list[Any]]:
    """What each number stands for: rule set, id, flag, attribute, message (None where a part is computed)."""
    return [
        [name, a.id, a.flag, a.attribute, [part if isinstance(part, str) else None for part in a.message]]
        for name, rules in sets.items()
        for pattern in rules.patterns
        for rule in pattern.rules
        for a in rule.assertions
    ]


def _matched(rules: RuleSet, *, by_root: bool) -> Expression:
    """Whether the set judges anything; the document element, which is soonest found, comes first."""
    contexts = dict.fromkeys(a for pattern in rules.patterns for rule in pattern.rules for a in alternatives(rule.context))
    roots = [Path(True, a.steps) for a in contexts if a.is_root]
    others = [] if roots and by_root else [_anywhere(a) for a in contexts if not a.is_root]
    return any_of([*roots, *others])


def _anywhere(context: Alternative) -> Path:
    condition = folded(without_errors(context.condition()))
    return Path(True, (DESCENDANTS, Step("child", context.name, () if condition == TRUE else (condition,))))


def _used(rules: RuleSet) -> dict[str, str]:
    texts: list[str] = list(rules.functions)
    rules.mapped(lambda e: texts.append(str(e)) or e)  # type: ignore[func-returns-value]
    whole = "\n".join(texts)
    return {prefix: uri for prefix, uri in rules.namespaces.items() if re.search(rf"\b{re.escape(prefix)}:", whole)}


def _by_name(functions: tuple[str, ...]) -> dict[str, list[str]]:
    named: dict[str, list[str]] = {}
    for function in functions:
        named.setdefault(etree.fromstring(function).get("name", ""), []).append(function)
    return named
