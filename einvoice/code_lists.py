"""Code lists: which codes the official rules allow, and what they mean, in German, English and French."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from einvoice import official
from einvoice.codes import CREDIT_NOTE_TYPES
from einvoice.errors import UsageError
from einvoice.pdf.visual.words import LANGUAGES, MEANS, TYPES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from einvoice.languages import Language

RULES = "cen-ubl"
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_NOT_NAMED, _ALIKE = 3, 0.9
_MIN_LIST, _TOLD = 4, 2
"""literals of a test that make a code list, and codes that are told where several are meant"""

Labels = tuple[str, ...]
"""in German, English and French, as `LANGUAGES` has them; none where a code has no label"""


class CodeList(NamedTuple):
    """A list that terms take their codes from."""

    name: str
    title: str
    rule: str
    """the rule of EN 16931 that holds it"""
    terms: tuple[str, ...]


class Code(NamedTuple):
    """A code and its labels."""

    code: str
    labels: Labels

    def label(self, language: Language) -> str:
        """The label in a language, or nothing."""
        return self.labels[LANGUAGES.index(language)] if self.labels else ""


LISTS = (
    CodeList("unit", "Units of measure, UN/ECE Recommendations 20 and 21", "BR-CL-23", ("BT-130", "BT-150")),
    CodeList("country", "Countries, ISO 3166-1", "BR-CL-14", ("BT-40", "BT-55", "BT-69", "BT-80", "BT-159")),
    CodeList("currency", "Currencies, ISO 4217", "BR-CL-04", ("BT-5", "BT-6")),
    CodeList("vat-category", "VAT categories, UNTDID 5305", "BR-CL-17", ("BT-95", "BT-102", "BT-118", "BT-151")),
    CodeList("vatex", "Reasons for exemption from VAT, VATEX", "BR-CL-22", ("BT-121",)),
    CodeList("invoice-type", "Types of documents, UNTDID 1001", "BR-CL-01", ("BT-3",)),
    CodeList("payment-means", "Means of payment, UNTDID 4461", "BR-CL-16", ("BT-81",)),
    CodeList("allowance-reason", "Reasons for allowances, UNTDID 5189", "BR-CL-19", ("BT-98", "BT-140")),
    CodeList("charge-reason", "Reasons for charges, UNTDID 7161", "BR-CL-20", ("BT-105", "BT-145")),
    CodeList("eas", "Schemes of electronic addresses, EAS", "BR-CL-25", ("BT-34-1", "BT-49-1")),
    CodeList("icd", "Schemes of identifiers, ISO/IEC 6523", "BR-CL-10", ("BT-29-1", "BT-46-1", "BT-60-1")),
    CodeList("item-classification", "Schemes of item classifications, UNTDID 7143", "BR-CL-13", ("BT-158-1",)),
    CodeList("note-subject", "Subjects of notes, UNTDID 4451", "BR-CL-08", ("BT-21",)),
)


@cache
def allowed(rules: str, rule: str) -> tuple[str, ...]:
    """The codes that a rule of a set allows, out of its own test."""
    tests = [assertion.test for assertion in official.assertions(rules) if assertion.id == rule]
    literals = [one or other for test in tests for one, other in _QUOTED.findall(test)]
    longest = max(literals, key=len, default="").split()
    codes = longest if len(longest) >= _MIN_LIST else [literal for literal in literals if literal.strip() and " " not in literal.strip()]
    return tuple(dict.fromkeys(codes)) if len(codes) >= _MIN_LIST else ()


def codes_of(term: str) -> tuple[str, ...]:
    """The codes that EN 16931 allows a term; none where it takes no code of a list.

    >>> "HUR" in codes_of("BT-130"), codes_of("BT-1")
    (True, ())
    """
    return next((allowed(RULES, one.rule) for one in LISTS if term in one.terms), ())


def named(name: str) -> CodeList:
    """The list of a name or term. Raises UsageError, with the names that there are."""
    found = next((one for one in LISTS if name.casefold() == one.name or name.upper() in one.terms), None)
    if found is None:
        raise UsageError(f"{name}: there is no such code list; there are {', '.join(one.name for one in LISTS)}")
    return found


@cache
def codes(name: str) -> tuple[Code, ...]:
    """All codes of a list, in its order.

    >>> [code.code for code in codes("vat-category")][:3]
    ['AE', 'L', 'M']
    """
    one = named(name)
    more = sorted(CREDIT_NOTE_TYPES) if one.name == "invoice-type" else ()
    labels = _labels(one.name)
    return tuple(Code(code, labels.get(code, ())) for code in dict.fromkeys((*allowed(RULES, one.rule), *more)))


def search(name: str, text: str) -> tuple[Code, ...]:
    """The codes that a text names, in any of the languages: whole first, then at the beginning, then anywhere.

    Of those alike the more frequent come first.

    >>> [code.code for code in search("unit", "Stunde")][:3]
    ['HUR', 'LH', 'KWH']
    """
    wanted = _folded(text)
    whole = _whole(name).get(wanted, [])
    ranked = [(0 if code.code in whole else _rank(labels, wanted), code) for code, labels in _known(name)]
    return tuple(code for rank, code in sorted(ranked, key=itemgetter(0)) if rank < _NOT_NAMED)


def meant(text: str, among: tuple[str, ...]) -> list[str]:
    """The codes of a list, given whole, that a text names: by a label in any language or a short form, the most frequent first.

    >>> units = allowed(RULES, "BR-CL-23")
    >>> meant("Std.", units), meant("Stück", units), meant("ZZZ", units)
    (['HUR'], ['C62', 'H87'], [])
    """
    one = _list_of(among)
    found = _whole(one.name).get(_folded(text.strip()), []) if one is not None else []
    return [code for code in found if code in among][:_TOLD]


@cache
def _list_of(codes: tuple[str, ...]) -> CodeList | None:
    """The list that codes are of; UBL and CII do not have quite the same."""
    shared = {one: len(set(codes).intersection(allowed(RULES, one.rule))) for one in LISTS}
    best = max(LISTS, key=lambda one: shared[one])
    return best if shared[best] > _ALIKE * len(codes) else None


def _rank(labels: tuple[str, ...], text: str) -> int:
    if any(label.startswith(text) for label in labels):
        return 1
    return 2 if any(text in label for label in labels) else _NOT_NAMED


@cache
def _known(name: str) -> tuple[tuple[Code, tuple[str, ...]], ...]:
    """The codes with what they are called, the more frequent first."""
    frequent = {code: place for place, code in enumerate(_own(named(name).name))}
    ordered = sorted(codes(name), key=lambda code: frequent.get(code.code, 0))
    return tuple((code, tuple(_folded(meaning) for label in code.labels for meaning in label.split(", "))) for code in ordered)


@cache
def _whole(name: str) -> Mapping[str, list[str]]:
    """What names a code and nothing else -> the codes: short forms, the code itself, its labels."""
    table = tomllib.loads(files("einvoice").joinpath("short_names.toml").read_text("utf-8"))
    found = {_folded(form): [code] for code, forms in table.get(named(name).name, {}).items() for form in forms.split()}
    for code, labels in _known(name):
        for text in dict.fromkeys((code.code.casefold(), *labels)):
            held = found.setdefault(text, [])
            held += [code.code] if code.code not in held else []
    return found


def _folded(text: str) -> str:
    """Without case and accents."""
    return "".join(char for char in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(char))


def _labels(name: str) -> Mapping[str, Labels]:
    """Code -> labels: our own, and those of a table that is there for more than codes."""
    if name in {"country", "currency"}:
        return {**_own(name), **_by_babel(name)}
    return {**_own(name), **{"invoice-type": TYPES, "payment-means": MEANS}.get(name, {})}


@cache
def _own(name: str) -> Mapping[str, Labels]:
    """Code -> labels of `code_labels/`, where a proper name stands once for all languages."""
    table = files("einvoice").joinpath(f"code_labels/{'eas' if name == 'icd' else name}.toml")
    labels = tomllib.loads(table.read_text("utf-8"))
    return {code: (one,) * len(LANGUAGES) if isinstance(one, str) else tuple(one) for code, one in labels.items()}


def _by_babel(name: str) -> Mapping[str, Labels]:
    from babel import Locale

    locales = [Locale(language) for language in LANGUAGES]
    tables = [locale.territories if name == "country" else locale.currencies for locale in locales]
    return {str(code): tuple(table[code] for table in tables) for code in tables[0] if all(code in table for table in tables)}
