"""Make a document smaller while two ways of judging it still differ."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

from lxml import etree

from einvoice.check import equivalence

if TYPE_CHECKING:
    from einvoice.profiles import Scenario


def shrunk(root: etree._Element, scenario: Scenario, *, special: bool) -> etree._Element:
    """The document without every subtree that the difference does not need."""
    smallest = root
    changed = True
    while changed:
        changed = False
        for index in range(len(list(smallest.iter("*"))) - 1, 0, -1):
            smaller = _without(smallest, index)
            if smaller is not None and _differs(smaller, scenario, special=special):
                smallest, changed = smaller, True
    return smallest


def _without(root: etree._Element, index: int) -> etree._Element | None:
    copy = deepcopy(root)
    elements = list(copy.iter("*"))
    parent = elements[index].getparent() if index < len(elements) else None
    if parent is None:
        return None
    parent.remove(elements[index])
    return copy


def _differs(root: etree._Element, scenario: Scenario, *, special: bool) -> bool:
    if not equivalence.is_judged(root, scenario):
        return False
    return bool(equivalence.differences(etree.tostring(root, encoding="UTF-8"), root, scenario, special=special)[0])
