"""Between bytes and the model: read an invoice, write it, and its JSON form."""

from __future__ import annotations

import json
import re
from collections import Counter
from decimal import Decimal
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NoReturn

from pydantic import ValidationError

from einvoice import document, terms
from einvoice.check import forms
from einvoice.codes import CREDIT_NOTE_TYPES
from einvoice.errors import InvoiceJsonError, NotRepresentable, UsageError
from einvoice.limits import MAX_DEPTH, MAX_TOLD, too_deep
from einvoice.model import Invoice
from einvoice.profiles import Kind, Syntax
from einvoice.syntax import read as reader
from einvoice.syntax import write as writer
from einvoice.syntax.plan import plan

if TYPE_CHECKING:
    from collections.abc import Iterable

    from einvoice.document import Source
    from einvoice.syntax.read import Reading
    from einvoice.syntax.write import Written


def read(source: Source) -> Reading:
    """The invoice in a document, and what the model cannot hold of it.

    Lenient: what is wrong is read as far as it can be; every leaf of the source is in `.invoice` or in `.unmapped`,
    with its location, line, text and the reason. Raises InputError for what is no invoice at all.

    Source: EN 16931-1:2017 (model), EN 16931-3-2 and -3-3 (places in UBL and CII).

    >>> import einvoice
    >>> reading = einvoice.read("fixtures/b2b-ubl.xml")
    >>> reading.invoice.seller.name, reading.unmapped
    ('Wandrahm Kontor GmbH', ())
    """
    opened = document.open(source)
    return reader.read(opened.model_root, plan(opened.dialect))


def write(invoice: Invoice, syntax: Syntax | Kind) -> bytes:
    """The XML of an invoice, UTF-8, in the element order of the schema.

    In UBL, BT-3 decides between Invoice and CreditNote; name a `Kind` to decide yourself. CII is D16B, as KoSIT
    validates it. Nothing is computed or corrected. Raises NotRepresentable, naming the terms, when the syntax has no
    place for something of the invoice (`convert` writes what it can and lists the rest).

    >>> import einvoice
    >>> xml = einvoice.write(einvoice.Invoice(number="R-1", type_code="381"), einvoice.Syntax.UBL)
    >>> xml.splitlines()[1][:11]
    b'<CreditNote'
    """
    written = write_lossy(invoice, syntax)
    if written.unwritten:
        lost = "; ".join(f"{terms.titled(u.term)}: {u.reason}" for u in written.unwritten)
        raise NotRepresentable(f"the invoice does not fit into {syntax.value}: {lost}")
    return written.xml


def write_lossy(invoice: Invoice, syntax: Syntax | Kind) -> Written:
    """What `write` does, with the terms that have no place listed instead of refused."""
    return writer.write(invoice, plan(kind_of(invoice, syntax).dialect))


def kind_of(invoice: Invoice, syntax: Syntax | Kind) -> Kind:
    """The document that an invoice becomes in a syntax."""
    if isinstance(syntax, Kind):
        return syntax
    if not isinstance(syntax, Syntax):
        raise UsageError(f"{syntax!r} is no syntax; there are Syntax.UBL and Syntax.CII")
    if syntax is Syntax.CII:
        return Kind.CII
    return Kind.UBL_CREDIT_NOTE if invoice.type_code in CREDIT_NOTE_TYPES else Kind.UBL_INVOICE


# -- JSON -----------------------------------------------------------------------------------------


def to_json(invoice: Invoice) -> str:
    """The JSON form: the model's attributes, without those that are absent; amounts as text, to the digit."""
    return json.dumps(invoice.model_dump(mode="json", exclude_defaults=True), indent=2, ensure_ascii=False) + "\n"


def from_json(text: str | bytes, name: str = "(JSON)", *, draft: bool = False) -> Invoice:
    """The invoice of a JSON object, in which `//` begins a comment; in a `draft`, what is blank is absent, as a form sends it.

    Raises InvoiceJsonError, which names each wrong place and its term.

    >>> from_json('{"number": "R-1", "lines": [{"price": {"net": "10,00"}}]}')
    Traceback (most recent call last):
    einvoice.errors.InvoiceJsonError: (JSON): lines[0].price.net (BT-146 Item net price): '10,00' is no decimal number; write it as 10.00
    """
    try:
        data = json.loads(_without_comments(text), parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_unique)
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise InvoiceJsonError(f"{name}: is not JSON: {error}") from None
    if _is_deep(data):
        raise InvoiceJsonError(f"{name}: {too_deep('values')}")
    if not isinstance(data, dict):
        raise InvoiceJsonError(f"{name}: a JSON object is expected, as 'einvoice convert FILE --to json' writes it")
    return from_object((_filled(data) or {}) if draft else data, name)


def from_object(data: dict[str, Any], name: str) -> Invoice:
    """The invoice of what JSON says. Raises InvoiceJsonError, which names each wrong place and its term."""
    try:
        return Invoice.model_validate(data)
    except ValidationError as error:
        faults = error.errors(include_url=False)
        told = [_fault(dict(fault)) for fault in faults[:MAX_TOLD]]
        more = [f"and {len(faults) - MAX_TOLD:,} more"] if len(faults) > MAX_TOLD else []
        raise InvoiceJsonError(f"{name}: {'; '.join([*told, *more])}") from None


def _is_deep(value: Any) -> bool:
    """Whether there are more levels than an invoice needs: sub-lines may nest without end."""
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [inner for outer in level for inner in _inside(outer)]
    return bool(level)


def _inside(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


_TEXT_OR_COMMENT = re.compile(r'"(?:[^"\\\n]|\\.)*"|//[^\n]*')


def _without_comments(text: str | bytes) -> str:
    """JSON with blanks in the place of comments, so that lines and columns of faults stay."""
    plain = text.decode(json.detect_encoding(text)) if isinstance(text, bytes) else text
    return _TEXT_OR_COMMENT.sub(lambda found: found[0] if found[0][0] == '"' else " " * len(found[0]), plain)


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number of JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        raise ValueError(f"the field {twice!r} stands twice in one object")
    return found


def _filled(value: Any) -> Any:
    """Without blank texts and what is blank with them; an object that was empty before stays, for its name may be wrong."""
    if isinstance(value, dict):
        kept = {name: filled for name, inner in value.items() if (filled := _filled(inner)) is not None}
        return kept if kept or not value else None
    if isinstance(value, list):
        return [filled for inner in value if (filled := _filled(inner)) is not None]
    return None if isinstance(value, str) and not value.strip() else value


_ADVICE = {
    "decimal_parsing": "{input!r} is no decimal number; write it as {form}",
    "decimal_type": "{input!r} is no decimal number; write it as {form}",
    "date_from_datetime_parsing": "{input!r} is no date; write it as {form}",
    "date_parsing": "{input!r} is no date; write it as {form}",
    "string_type": '{input!r} is no text; write it in quotes, as "…"',
    "tuple_type": "a list is expected; write [ … ]",
    "model_type": "an object is expected; write {{ … }}",
}
_FORMS = {"decimal": ("number", "1234.56"), "date": ("date", "2026-01-31")}
"""kinds of faults -> what is meant, and an example of it"""


def _fault(fault: dict[str, Any]) -> str:
    location, kind = fault["loc"], fault["type"]
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).lstrip(".")
    names = tuple(part for part in location if isinstance(part, str))
    if kind == "extra_forbidden":
        return f"{path}: the model has no such field{_near(names)}"
    advice = _ADVICE.get(kind, "").format(input=fault["input"], form=_form(kind, fault["input"])) or fault["msg"]
    return f"{path}{_term(names)}: {advice}"


def _form(fault: str, given: object) -> str:
    """How a number or a date is written: the one that was meant, if that can be told."""
    meant, example = _FORMS.get(fault.partition("_")[0], (None, ""))
    return (forms.proper(meant, given, "UBL") if meant and isinstance(given, str) else None) or example


def _term(names: tuple[str, ...]) -> str:
    found = terms.at(names) or (terms.at(names[:-1]) if names[-1:] == ("value",) else None)
    return f" ({terms.titled(found)})" if found else ""


def _near(names: tuple[str, ...]) -> str:
    """The field that was meant, or those that there are, with their terms."""
    *above, wrong = names
    here = terms.flat(tuple(above))
    beside = [path for path in terms.PATHS if path[:-1] == here]
    close = get_close_matches(wrong, [path[-1] for path in beside], n=1)
    if close:
        return f"; did you mean {close[0]}{_term((*above, close[0]))}?"
    group = terms.at(tuple(above))
    return f"; {terms.titled(group)} has {', '.join(path[-1] for path in beside)}" if group else ""
