"""Pass `sweep`: a rule about elements of any name finds them in one search, not by asking at each of them.

at every name:  when not(*) and not(normalize-space())   ->   for each //*[not(*) and not(normalize-space())]
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from einvoice.schematron.plan import ANY
from einvoice.schematron.xpath import TRUE, free_variables, is_positional

if TYPE_CHECKING:
    from einvoice.schematron.plan import Branch, Plan


def sweep(plan: Plan) -> Plan:
    """The plan with the rules that stand alone in their pattern at every name, under the same condition, as searches."""
    known = {let.name for let in plan.lets}
    swept = tuple(chain for chain in plan.templates[ANY].chains if _is_alone(chain, known) and _is_everywhere(chain, plan))
    templates = {n: replace(t, chains=tuple(c for c in t.chains if c not in swept)) for n, t in plan.templates.items()}
    return replace(plan, templates=templates, sweeps=tuple(branch for (branch,) in swept))


def _is_alone(chain: tuple[Branch, ...], known: set[str]) -> bool:
    """Whether it is one rule, under a condition that means the same in a search."""
    condition = chain[0].condition
    return len(chain) == 1 and condition != TRUE and not is_positional(condition) and free_variables(condition) <= known


def _is_everywhere(chain: tuple[Branch, ...], plan: Plan) -> bool:
    return all(chain in template.chains for template in plan.templates.values())
