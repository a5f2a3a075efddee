"""Code lists: which codes the official rules allow, and what they mean, in German, English and French."""

from __future__ import annotations

import tomllib
import unicodedata
from functools import cache
from importlib.resources import files
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from einvoice.check.expectations import code_list
from einvoice.codes import CREDIT_NOTE_TYPES
from einvoice.errors import UsageError
from einvoice.pdf.visual.words import LANGUAGES, MEANS, TYPES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from einvoice.languages import Language

RULES = "cen-ubl"

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
    return tuple(Code(code, labels.get(code, ())) for code in dict.fromkeys((*code_list(RULES, one.rule), *more)))


def search(name: str, text: str) -> tuple[Code, ...]:
    """The codes that a text names, in any of the languages: whole first, then at the beginning, then anywhere.

    Of those alike the more frequent come first.

    >>> [code.code for code in search("unit", "Stunde")][:3]
    ['HUR', 'LH', 'KWH']
    """
    wanted, frequent = _folded(text), {code: place for place, code in enumerate(_own(named(name).name))}
    ranked = [(rank, frequent.get(code.code, 0), code) for code in codes(name) if (rank := _rank(code, wanted)) is not None]
    return tuple(code for _, _, code in sorted(ranked, key=itemgetter(0, 1)))


def _rank(code: Code, text: str) -> int | None:
    labels = [_folded(meaning) for label in code.labels for meaning in label.split(", ")]
    if text in {code.code.casefold(), *labels}:
        return 0
    if any(label.startswith(text) for label in labels):
        return 1
    return 2 if any(text in label for label in labels) else None


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
