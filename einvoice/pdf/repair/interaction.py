"""Scripts, actions, forms, annotations, layers: what a document that is kept for ten years may not do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pikepdf
from pikepdf import Array, Dictionary, Stream, String

from einvoice.pdf.pdfa.catalog import fields
from einvoice.pdf.pdfa.objects import ACTIONS, PAGE_TURNS
from einvoice.pdf.pdfa.pages import ANNOTATIONS, measure
from einvoice.pdf.pdfa.values import get, integer, is_dictionary, items, named, pairs, text

if TYPE_CHECKING:
    from collections.abc import Iterator

_CATALOG = ("/AA", "/Requirements", "/NeedsRendering", "/Perms", "/Legal", "/Collection", "/DSS")
_PAGE = ("/AA", "/PresSteps", "/Trans", "/Dur")
_ACTION_KEYS = {"/A", "/OpenAction", "/Next", "/PA"}
_HIDDEN, _PRINT, _FORBIDDEN_FLAGS = 1 | 2 | 32, 4, 1 | 2 | 32 | 256


def signed(pdf: pikepdf.Pdf) -> bool:
    """Whether somebody signed the file: any change makes the signature worthless."""
    return any(named(field, "/FT") == "Sig" and is_dictionary(get(field, "/V")) for field in fields(get(pdf.Root, "/AcroForm")))


def dynamic_form(pdf: pikepdf.Pdf) -> bool:
    """Whether the pages are only a placeholder for a form that a program draws (XFA)."""
    return get(get(pdf.Root, "/AcroForm"), "/XFA") is not None and get(pdf.Root, "/NeedsRendering") is True


def forms(pdf: pikepdf.Pdf) -> Iterator[str]:
    """6.4: form fields become part of the page, as they look."""
    form = get(pdf.Root, "/AcroForm")
    if not is_dictionary(form):
        return
    if get(form, "/NeedAppearances") is True:
        pdf.generate_appearance_streams()
    pdf.flatten_annotations("screen")
    if "/AcroForm" in pdf.Root:
        del pdf.Root["/AcroForm"]
    yield "the form's fields are part of the page now"


def catalog(pdf: pikepdf.Pdf) -> Iterator[str]:
    """6.4.2, 6.5.2, 6.10, 6.11: keys that only make something happen."""
    for holder, keys in ((pdf.Root, _CATALOG), *((page.obj, _PAGE) for page in pdf.pages)):
        for key in keys:
            if key in holder:
                del holder[key]
                yield f"{key} was removed"
    names = get(pdf.Root, "/Names")
    for key in ("/JavaScript", "/AlternatePresentations"):
        if get(names, key) is not None:
            del names[key]
            yield f"{key} was removed"


def actions(pdf: pikepdf.Pdf) -> Iterator[str]:
    """6.5.1: links to places and addresses stay, whatever else happens goes."""
    for held in pdf.objects:
        if not is_dictionary(held) or named(held, "/Type") == "StructElem":
            continue
        for key in sorted(_ACTION_KEYS & held.keys()):
            action = get(held, key)
            does = named(action, "/S")
            turns = does != "Named" or named(action, "/N") in PAGE_TURNS
            if does is not None and (does not in ACTIONS or not turns):
                del held[key]
                yield f"an action {does} was removed"
        if named(held, "/Type") in {None, "Annot"} and is_dictionary(get(held, "/AA")):
            del held["/AA"]
            yield "automatic actions were removed"


def comments(pdf: pikepdf.Pdf) -> Iterator[str]:
    """6.3: comments and links that print as they look; what cannot is removed, and said so."""
    for page in pdf.pages:
        if not isinstance(get(page.obj, "/Annots"), Array):
            continue
        kept = []
        for annotation in items(page.obj.Annots):
            reason = _annotation(annotation)
            if reason is None:
                kept.append(annotation)
            else:
                yield reason
        page.obj.Annots = Array(kept)


def _annotation(annotation: Any) -> str | None:
    """Mend an annotation; why it has to go, if it has to."""
    kind = named(annotation, "/Subtype")
    flags = integer(get(annotation, "/F"))
    if kind not in ANNOTATIONS - {"FileAttachment", "Widget", "TrapNet", "PrinterMark"}:
        return f"an annotation {kind} was removed"
    if flags & _HIDDEN:
        return f"a hidden annotation {kind} was removed"
    appearance = get(annotation, "/AP")
    if is_dictionary(appearance):
        normal = _normal(appearance, annotation)
        if normal is None:
            return f"an annotation {kind} without a usable appearance was removed"
        annotation.AP = Dictionary(N=normal)
    elif kind not in {"Popup", "Link"} and measure(get(annotation, "/Rect")) != (0, 0):
        return f"an annotation {kind} without appearance was removed"
    if kind != "Popup":
        annotation.F = flags & ~_FORBIDDEN_FLAGS | _PRINT
    return None


def _normal(appearance: Any, annotation: Any) -> Stream | None:
    """The appearance that shows: of several states the one that is on."""
    normal = get(appearance, "/N")
    if isinstance(normal, Stream):
        return normal
    state = named(annotation, "/AS")
    states = {key[1:]: value for key, value in pairs(normal) if isinstance(value, Stream)}
    return states.get(state or "")


def layers(pdf: pikepdf.Pdf) -> Iterator[str]:
    """6.9: layers stay as they are switched, and are not switched by themselves."""
    properties = get(pdf.Root, "/OCProperties")
    if not is_dictionary(properties):
        return
    seen: set[str] = set()
    for position, configuration in enumerate([get(properties, "/D"), *items(get(properties, "/Configs"))]):
        if not is_dictionary(configuration):
            continue
        called = text(get(configuration, "/Name")) or f"Layers {position + 1}"
        while called in seen:
            called += "'"
        seen.add(called)
        configuration.Name = String(called)
        for key in ("/AS", "/Order"):  # an order may be left out, but not be incomplete
            if key in configuration:
                del configuration[key]
    yield "layers are named and no longer switched automatically"


def structure(pdf: pikepdf.Pdf) -> Iterator[str]:
    """6.6.2.1: metadata of parts of the file, which nobody reads, must be perfect XMP: it goes."""
    for held in pdf.objects:
        if is_dictionary(held) and named(held, "/Type") != "Catalog" and isinstance(get(held, "/Metadata"), Stream):
            del held["/Metadata"]
            yield "metadata of a part of the file was removed"


def boxes(pdf: pikepdf.Pdf) -> Iterator[str]:
    """6.1.13: a page box that has no size is as good as none."""
    for page in pdf.pages:
        for key in ("/BleedBox", "/TrimBox", "/ArtBox"):
            size = measure(get(page.obj, key))
            if size is not None and min(size) < 3:
                del page.obj[key]
                yield f"{key} without a size was removed"
