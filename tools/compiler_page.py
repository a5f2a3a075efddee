"""docs/compiler.md: how rules are compiled, with one official rule taken through the compiler as it is now."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from einvoice.schematron import load_xslt
from einvoice.schematron.compile import PASSES, PLAN_PASSES
from einvoice.schematron.passes.codes import codes
from einvoice.schematron.passes.inline import inline
from einvoice.schematron.plan import Plan, planned
from einvoice.schematron.rule_set import with_prefixes
from einvoice.syntax.namespaces import RULE_PREFIXES
from tools.documents import BANNER

if TYPE_CHECKING:
    from pathlib import Path

    from einvoice.schematron.rule_set import Rule, RuleSet

RULE, NAME = "BR-AE-05", "cac:ClassifiedTaxCategory"
HEAD = """# How the rules are compiled

The official rules are published as XSLT that was itself compiled from Schematron: one template per rule, a report of
everything that was looked at, code lists searched as texts. The engine takes the rules out of it again and compiles the
same assertions into one stylesheet per scenario. What it says is the same for every document: rule, flag, place and text.
`make fuzz` and `tests/test_equivalence.py` ask the published stylesheets.

```
published XSLT --load_xslt--+
                            +--> RuleSet --inline, codes--> RuleSet --plan--> Plan --passes--> Plan --emit--> parts (JSON)
Schematron -----load_sch----+                                                                                   |
                                                              whole stylesheet, or one document's <--assemble---+
```

- **RuleSet** (`rule_set.py`): patterns, rules, assertions; expressions are trees (`xpath.py`).
- **Plan** (`plan.py`): for each element name, which rules judge it, under which condition. One walk over the document
  serves all rules. Of each pattern the first rule that matches a node judges it, so the conditions of a pattern form a chain.
- **Passes** (`passes/`): values to values, each with an example in its docstring and a switch of its name.
- **Parts** (`emit.py`): the stylesheet as a tree, each part with what a document must have for it to matter (`needs.py`).
  `assemble.py` puts the whole stylesheet together, or, for a first call or a huge document, what that can violate.
- **Guarded** (`guarded.py`): the same rules, nothing optimised, every assertion in an `xsl:try`. A document on which an
  assertion dies is judged again by it: one finding says which, all others are kept. It too is compiled for what a document has:
  an assertion that the document cannot violate is not asked, and is not reported as dead if another process would have asked it.

Some things that have to be right: an error in the pattern of a template means that it does not match, so conditions
are written so that they cannot fail (`contexts.without_errors`); what is shared becomes a global value, which Saxon works
out when it is first asked for, so what nobody asks for cannot fail; a key may not fail, since it is built for all nodes.

## The passes

"""


def render(root: Path) -> str:
    """The text of docs/compiler.md."""
    rules = load_xslt.load((root / "einvoice/artefacts/rules/cen-ubl.xsl").read_bytes())
    parts = [BANNER, HEAD]
    parts += [f"- {_first_line(name)}\n" for name in PASSES]
    parts += [
        f"\n## {RULE} on its way\n\nAs it is published, the rule about",
        "\n\n```\n",
        _wrapped(str(_rule(rules)[0].context)),
        "\n```\n\ndemands",
    ]
    parts += [f" `{_rule(rules)[0].assertions[_rule(rules)[1]].test}`.\n", *_stages(rules)]
    return "".join(parts)


def _first_line(name: str) -> str:
    text = import_module(f"einvoice.schematron.passes.{name}").__doc__ or ""
    return text.split("\n\n")[0].removeprefix("Pass ").replace("\n", " ")


def _rule(rules: RuleSet) -> tuple[Rule, int]:
    found = ((r, n) for p in rules.patterns for r in p.rules for n, a in enumerate(r.assertions) if a.id == RULE)
    return next(found)


def _stages(rules: RuleSet) -> list[str]:
    changed = codes(inline(with_prefixes(rules, RULE_PREFIXES)))[0]
    plan = planned(changed)
    number = next(n for n, a in enumerate(a for p in rules.patterns for r in p.rules for a in r.assertions) if a.id == RULE)
    shown = _shown(plan, number)
    texts = [f"\n**plan**: the context becomes a condition at `{NAME}`:\n\n```\n{shown}\n```\n"]
    for name, optimised in PLAN_PASSES.items():
        plan = optimised(plan)
        now = _shown(plan, number)
        texts.append(f"\n**{name}**" + (": nothing to do here.\n" if now == shown else f":\n\n```\n{now}\n```\n"))
        shown = now
    return texts


def _shown(plan: Plan, number: int) -> str:
    template = plan.templates[NAME]
    branch = next(b for chain in template.chains for b in chain if any(c.number == number for c in b.checks))
    check = next(c for c in branch.checks if c.number == number)
    lets = [f"let    ${let.name} := {let.value}" for let in template.lets if f"${let.name} " in str(branch.condition)]
    needs = [f"needs  {' '.join(sorted(branch.needs | check.needs))}"] if branch.needs else []
    return "\n".join([*lets, f"when   {_wrapped(str(branch.condition))}", f"fails  unless {check.test}", *needs])


def _wrapped(text: str) -> str:
    return text.replace(" or (", "\n       or (").replace(" | ", "\n| ")
