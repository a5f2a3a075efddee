"""Write XMP: one packet from one record, that DocInfo repeats."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from einvoice.pdf.flavours import DESCRIPTIONS, FACTUR_X, PROPERTIES
from einvoice.version import __version__

if TYPE_CHECKING:
    import datetime

    from einvoice.pdf.flavours import Level

PRODUCER = f"einvoice {__version__}"
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a file says about itself, in XMP and DocInfo alike."""

    title: str
    when: datetime.datetime
    """with a time zone"""
    author: str = ""
    subject: str = ""
    language: str = "de"
    creator: str = "einvoice"
    conformance: str | None = "U"
    """the level of PDF/A-3 that is claimed; None: none is"""
    accessible: bool = False
    """PDF/UA-1 is claimed"""


def packet(metadata: Metadata, level: Level | None) -> bytes:
    """The XMP of a hybrid, or of a PDF/A without an invoice in it.

    PDF/A identification, Dublin Core, the extension schemas and what they describe.
    """
    schemas = _schemas(hybrid=level is not None, accessible=metadata.accessible)
    parts = [_identification(metadata), _about(metadata), schemas, _hybrid(level) if level else ""]
    body = "\n".join(part for part in parts if part)
    return (
        f'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
        f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n{body}\n</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end="w"?>'
    ).encode()


def clean(text: str) -> str:
    """A text without the characters that XML forbids."""
    return _FORBIDDEN.sub("", text)


def _description(body: str, **namespaces: str) -> str:
    declared = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in namespaces.items())
    return f'<rdf:Description rdf:about=""{declared}>\n{body}\n</rdf:Description>'


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(clean(text))}</{name}>"


def _identification(metadata: Metadata) -> str:
    claims = ""
    if metadata.conformance:
        claims = _description(
            _element("pdfaid:part", "3") + _element("pdfaid:conformance", metadata.conformance), pdfaid="http://www.aiim.org/pdfa/ns/id/"
        )
    if metadata.accessible:
        claims += "\n" + _description(_element("pdfuaid:part", "1"), pdfuaid="http://www.aiim.org/pdfua/ns/id/")
    return claims


def _about(metadata: Metadata) -> str:
    moment = metadata.when.isoformat(timespec="seconds")
    language = f'<rdf:li xml:lang="x-default">{{}}</rdf:li><rdf:li xml:lang="{metadata.language}">{{}}</rdf:li>'
    title, subject = (escape(clean(text)) for text in (metadata.title, metadata.subject))
    lines = [
        "<dc:format>application/pdf</dc:format>",
        f"<dc:title><rdf:Alt>{language.format(title, title)}</rdf:Alt></dc:title>",
        f"<dc:creator><rdf:Seq>{_element('rdf:li', metadata.author)}</rdf:Seq></dc:creator>" if metadata.author else "",
        f"<dc:description><rdf:Alt>{language.format(subject, subject)}</rdf:Alt></dc:description>" if subject else "",
        f"<dc:language><rdf:Bag>{_element('rdf:li', metadata.language)}</rdf:Bag></dc:language>",
        _element("pdf:Producer", PRODUCER),
        _element("xmp:CreatorTool", metadata.creator),
        *(_element(f"xmp:{name}", moment) for name in ("CreateDate", "ModifyDate", "MetadataDate")),
    ]
    return _description(
        "\n".join(line for line in lines if line),
        dc="http://purl.org/dc/elements/1.1/",
        pdf="http://ns.adobe.com/pdf/1.3/",
        xmp="http://ns.adobe.com/xap/1.0/",
    )


def _hybrid(level: Level) -> str:
    values = dict(zip(PROPERTIES, ("INVOICE", level.file, "1.0", level.name), strict=True))
    body = "\n".join(_element(f"{FACTUR_X.prefix}:{name}", value) for name, value in values.items())
    return _description(body, **{FACTUR_X.prefix: FACTUR_X.namespace})


@cache
def _schemas(*, hybrid: bool, accessible: bool) -> str:
    """The extension schemas; they stand before what they describe, as some validators want it."""
    described = [(name, "Text", "external", DESCRIPTIONS[name]) for name in PROPERTIES]
    schemas = [_schema("Factur-X PDFA Extension Schema", FACTUR_X.namespace, FACTUR_X.prefix, described)] if hybrid else []
    if accessible:
        part = ("part", "Integer", "internal", "Indicates, which part of ISO 14289 standard is followed")
        schemas.append(_schema("PDF/UA Universal Accessibility Schema", "http://www.aiim.org/pdfua/ns/id/", "pdfuaid", [part]))
    if not schemas:
        return ""
    return _description(
        f"<pdfaExtension:schemas><rdf:Bag>\n{''.join(schemas)}</rdf:Bag></pdfaExtension:schemas>",
        pdfaExtension="http://www.aiim.org/pdfa/ns/extension/",
        pdfaSchema="http://www.aiim.org/pdfa/ns/schema#",
        pdfaProperty="http://www.aiim.org/pdfa/ns/property#",
    )


def _schema(name: str, namespace: str, prefix: str, properties: list[tuple[str, str, str, str]]) -> str:
    keys = ("name", "valueType", "category", "description")
    described = "".join(
        '<rdf:li rdf:parseType="Resource">'
        + "".join(_element(f"pdfaProperty:{key}", value) for key, value in zip(keys, entry, strict=True))
        + "</rdf:li>\n"
        for entry in properties
    )
    facts = "".join(
        _element(f"pdfaSchema:{key}", value) for key, value in (("schema", name), ("namespaceURI", namespace), ("prefix", prefix))
    )
    return f'<rdf:li rdf:parseType="Resource">{facts}<pdfaSchema:property><rdf:Seq>\n{described}</rdf:Seq></pdfaSchema:property></rdf:li>\n'
