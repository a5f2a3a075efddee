"""Stylesheets that read their code lists from a file beside them: Saxon may open no file, so the lists go inside."""

from __future__ import annotations

import re

from lxml import etree

_CALL = re.compile(rb"""document\(\s*'([^'/\\]+\.xml)'\s*\)""")
_END = re.compile(rb"</xsl:(?:stylesheet|transform)>\s*$")
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)


def read_by(stylesheet: bytes) -> tuple[str, ...]:
    r"""The files that a stylesheet reads, by name.

    >>> read_by(b"<xsl:if test=\"document('codes.xml')//code = .\"/>")
    ('codes.xml',)
    """
    return tuple(dict.fromkeys(name.decode() for name in _CALL.findall(stylesheet)))


def with_codes_inside(stylesheet: bytes, file: str, codes: bytes) -> bytes:
    """The stylesheet with what a file has in a variable. Lines keep their numbers: by them an error is traced to its rule.

    Raises XMLSyntaxError for a file that is no XML, ValueError for a stylesheet without an end.
    """
    database = etree.tostring(etree.fromstring(codes, _PARSER))
    name = b"einvoice-codes-" + re.sub(rb"[^A-Za-z0-9]", b"-", file.encode())
    variable = b'<xsl:variable name="' + name + b'"><xsl:document>' + database + b"</xsl:document></xsl:variable>"
    end = _END.search(stylesheet)
    if end is None:
        raise ValueError("the stylesheet has no end tag")
    begin = _CALL.sub(lambda call: b"$" + name if call[1].decode() == file else call[0], stylesheet[: end.start()])
    return begin + variable + stylesheet[end.start() :]
