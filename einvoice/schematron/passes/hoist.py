"""Pass `hoist`: what does not depend on the node is worked out once, when it is first asked for.

    in every line:  cbc:Rate = //cac:TaxSubtotal/cbc:Rate   ->   cbc:Rate = $shared-1
    where           $shared-1 := //cac:TaxSubtotal/cbc:Rate

Only into global values: Saxon evaluates these on first use, so what no rule asks for cannot fail. In rules about the
document element, which run once, only what is used twice is shared.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from einvoice.schematron.rule_set import Let
from einvoice.schematron.xpath import (
    DESCENDANTS,
    Binding,
    Expression,
    Filter,
    Path,
    Variable,
    children,
    every,
    free_variables,
    is_absolute,
    rebuild,
    size,
    uses_focus,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from einvoice.schematron.plan import Plan

SMALL = 4
"""size up to which an expression costs less than looking its value up"""


def hoist(plan: Plan) -> Plan:
    """The plan with shared expressions as global values."""
    found = list(_expressions(plan))
    shared = Sharing(_globals(plan, [e for e, _ in found]))
    shared.choose([e for e, once in found if not once], [e for e, once in found if once])
    changed = plan.mapped(shared.replaced)
    lets = [replace(let, value=shared.replaced(let.value)) for let in plan.lets]
    return replace(changed, lets=(*lets, *shared.lets()))


def _expressions(plan: Plan) -> Iterator[tuple[Expression, bool]]:
    """All expressions, each with whether it is evaluated once at most."""
    for let in plan.lets:
        yield let.value, True
    for template in plan.templates.values():
        for chain in template.chains:
            for branch in chain:
                yield branch.condition, False
        yield from ((i.condition, False) for i in template.inverted)
    for index, rule in enumerate(plan.rules):
        kept = {c.number for t in plan.templates.values() for chain in t.chains for b in chain if b.rule == index for c in b.checks}
        yield from ((let.value, rule.is_root) for let in rule.lets)
        yield from ((c.test, rule.is_root) for c in rule.checks if c.number in kept)


def _globals(plan: Plan, expressions: list[Expression]) -> frozenset[str]:
    """The variables that mean the same everywhere: global ones whose name is used for nothing else."""
    lets = [*(rule.lets for rule in plan.rules), *(template.lets for template in plan.templates.values())]
    own = {let.name for some in lets for let in some}
    bound = {name for e in expressions for part in every(e) if isinstance(part, Binding) for name, _ in part.clauses}
    return frozenset({let.name for let in plan.lets} | set(plan.codes)) - own - bound


class Sharing:
    """Which expressions are shared, under which name."""

    def __init__(self, globals_: frozenset[str]) -> None:
        self._globals = globals_
        self._uses: Counter[Expression] = Counter()
        self._counted: set[Expression] = set()
        self._names: dict[Expression, str] = {}
        self._values: dict[str, Expression] = {}
        self._chosen: frozenset[Expression] = frozenset()

    def choose(self, repeated: list[Expression], once: list[Expression]) -> None:
        """Share what is free of context in the repeated expressions, and what occurs twice in all of them.

        >>> from einvoice.schematron.xpath import parse
        >>> sharing = Sharing(frozenset())
        >>> sharing.choose([parse("a = //b/c/d")], [])
        >>> str(sharing.replaced(parse("a = //b/c/d"))), [f"{let.name} := {let.value}" for let in sharing.lets()]
        ('a = $shared-1', ['shared-1 := //b/c/d'])
        """
        forced = [c for e in repeated for c in self._free(e)]
        for expression in (*repeated, *once):
            self._count(expression)
        twice = {e for e, uses in self._uses.items() if uses > 1}
        self._chosen = frozenset(e for e in {*forced, *twice} if size(e) > SMALL or _searches(e))

    def replaced(self, expression: Expression) -> Expression:
        """The expression with its shared parts named."""
        return Variable(self._named(expression)) if expression in self._chosen else self._inside(expression)

    def lets(self) -> list[Let]:
        """The shared values."""
        return [Let(name, value) for name, value in self._values.items()]

    def _inside(self, expression: Expression) -> Expression:
        if isinstance(expression, Path):
            for end in range(len(expression.steps) - 1, 0, -1):
                start = Path(expression.absolute, expression.steps[:end])
                if start in self._chosen:
                    rest = rebuild(Path(False, expression.steps[end:]), lambda part, _: self.replaced(part))
                    assert isinstance(rest, Path)
                    return Path(False, (Filter(Variable(self._named(start))), *rest.steps))
        return rebuild(expression, lambda part, _: self.replaced(part))

    def _named(self, expression: Expression) -> str:
        if expression not in self._names:
            self._names[expression] = f"shared-{len(self._names) + 1}"
            self._values[self._names[expression]] = self._inside(expression)
        return self._names[expression]

    # -- what is free of context ------------------------------------------------------------------

    def _is_free(self, expression: Expression) -> bool:
        return is_absolute(expression) and not uses_focus(expression) and free_variables(expression) <= self._globals

    def _free(self, expression: Expression) -> Iterator[Expression]:
        """The largest parts that do not depend on the node, and of paths that do, the longest start that does not."""
        if self._is_free(expression):
            yield expression
            return
        if isinstance(expression, Path) and (start := self._free_start(expression)):
            yield start
            expression = Path(False, expression.steps[len(start.steps) :])
        for part, _ in children(expression):
            yield from self._free(part)

    def _free_start(self, path: Path) -> Path | None:
        for end in range(len(path.steps) - 1, 0, -1):
            start = Path(path.absolute, path.steps[:end])
            if path.steps[end - 1] != DESCENDANTS and self._is_free(start):
                return start
        return None

    def _count(self, expression: Expression) -> None:
        for free in self._free(expression):
            self._uses[free] += 1
            if free not in self._counted:
                self._counted.add(free)
                self._count_within(free)

    def _count_within(self, free: Expression) -> None:
        if isinstance(free, Path) and (start := self._free_start(free)):
            self._count(start)
            free = Path(False, free.steps[len(start.steps) :])
        for part, _ in children(free):
            self._count(part)


def _searches(expression: Expression) -> bool:
    """Whether it looks through the whole document."""
    return any(isinstance(part, Path) and part.absolute and DESCENDANTS in part.steps for part in every(expression))
