"""Ways to damage bytes: any bytes, PDFs, XML, JSON. Each changes a bytearray in place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

_PDF_TOKENS = (
    b"/Length 99999999", b"/Length -1", b"/Count -1", b"/Kids [1 0 R]", b"/Filter/LZWDecode", b"/Filter/DCTDecode", b"/Filter[/FlateDecode/FlateDecode]",
    b"99999999999", b"-1", b"null", b"<<", b">>", b"[", b"]", b"(", b")", b"endobj", b"stream", b"endstream", b"0 0 R", b"1 0 R", b"/Type/Page",
    b"/W [1 2", b"1e99", b"\x00", b"%", b"/Parent 1 0 R", b"/Resources 1 0 R", b"/DescendantFonts [1 0 R]", b"/ToUnicode 1 0 R", b"/Predictor 15",
)  # fmt: skip
_VALUES = (
    b"", b" ", b"-", b"NaN", b"INF", b"1e400", b"-0", b"9" * 400, b"0." + b"0" * 400 + b"1", b"1,000.00", b"2026-02-30", b"20260230", b"0000-00-00",
    b"99999-01-01", b"\xc2\xa0", b"\xe2\x80\xae", b"\xf0\x9f\x92\xa3" * 50, b"\xff\xfe", b"\x00", b"\x1b[31m", b"]]>", b"&amp;" * 99, b"&#0;", b"&#x1F;",
    b"&#55296;", b"&undefined;", b"<b>", b"<script>alert(1)</script>", b"' or 1=1", b"{{7*7}}", b"%s%s%n", b"../../etc/passwd", b"file:///etc/passwd",
    b"http://127.0.0.1:9/x", b"A" * 100_000, b"\n" * 5000, b"true", b"DE", b"EUR", b"\xe2\x82\xac", b"\xd0\x9b\xd0\xb5", b"\xd7\xa9\xd7\x9c",
)  # fmt: skip
_XML_TOKENS = (
    b"<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]>", b"<!DOCTYPE x SYSTEM 'file:///etc/passwd'>", b"<?xml version='1.1'?>", b"<![CDATA[", b"]]>",
    b"<!--", b"-->", b"<?php ?>", b"<?xml-stylesheet href='http://127.0.0.1:9/'?>", b"</a>", b"<a>", b"<a/>", b" xmlns='urn:x'", b" xmlns:cbc=''",
    b" xsi:schemaLocation='urn:x http://127.0.0.1:9/x.xsd'", b" xsi:type='xs:int'", b" xsi:nil='true'", b" a='1' a='2'", b"encoding='UTF-16'",
    b"encoding='x-none'", b"encoding='EBCDIC-CP-US'", b"<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='/etc/passwd'/>", b"<" + b"x" * 3000 + b"/>",
    b"<a>" * 5000, b"<a " + b" ".join(b"a%d='1'" % n for n in range(400)) + b"/>",
)  # fmt: skip
_JSON_TOKENS = (
    b"null", b"true", b"-1", b"1e999", b"NaN", b"[]", b"{}", b'""', b"[" * 3000, b'{"a":' * 3000, b"9" * 5000, b'"\\ud800"', b'"\\u0000"', b",", b":", b"//", b"0.1",
    b'"1.005"', b'"2026-13-01"', b'{"lines": null}', b'"XXX"', b'"' + b"A" * 50_000 + b'"',
)  # fmt: skip
_SWOLLEN = 2_000_000
"""bytes that an input may grow by at once"""
_ELEMENT = re.compile(rb"<([\w:.-]+)(?:\s[^<>]*)?>[^<>]*</\1>")
_TEXT = re.compile(rb">([^<>]+)<")
_ATTRIBUTE = re.compile(rb"=\"([^\"]*)\"")
_JSON_VALUE = re.compile(rb":\s*(\"[^\"]*\"|-?[\d.]+|null|true|false)")


# -- any bytes ------------------------------------------------------------------------------------


def flip(data: bytearray, random: Random) -> None:
    for _ in range(random.randint(1, 20)):
        data[random.randrange(len(data))] = random.randrange(256)


def cut(data: bytearray, random: Random) -> None:
    start = random.randrange(len(data))
    del data[start : start + random.randint(1, 2000)]


def truncate(data: bytearray, random: Random) -> None:
    del data[random.randrange(len(data)) :]


def double(data: bytearray, random: Random) -> None:
    start = random.randrange(len(data))
    data[start:start] = data[start : start + random.randint(1, 3000)]


def recode(data: bytearray, random: Random) -> None:
    """Another encoding than it says."""
    text = data.decode("utf-8", "replace")
    data[:] = text.encode(random.choice(("utf-16", "utf-16-be", "utf-32", "latin-1", "cp1252", "utf-8-sig", "utf-7")), "replace")


# -- something that means something ---------------------------------------------------------------


def writing(tokens: tuple[bytes, ...]) -> Callable[[bytearray, Random], None]:
    """One of some tokens over what stood there."""

    def token(data: bytearray, random: Random) -> None:
        start, piece = random.randrange(len(data)), random.choice(tokens)
        data[start : start + len(piece)] = piece

    return token


def inserting(tokens: tuple[bytes, ...], before: bytes) -> Callable[[bytearray, Random], None]:
    """One of some tokens before a sign of the syntax."""

    def insert(data: bytearray, random: Random) -> None:
        at = data.find(before, random.randrange(len(data)))
        data[max(at, 0) : max(at, 0)] = random.choice(tokens)

    return insert


def replacing(pattern: re.Pattern[bytes], values: tuple[bytes, ...]) -> Callable[[bytearray, Random], None]:
    """What a pattern finds, by a value that is odd or from another place of the same document."""

    def replace(data: bytearray, random: Random) -> None:
        found = list(pattern.finditer(data))
        if found:
            match, other = random.choice(found), random.choice(found)
            data[match.start(1) : match.end(1)] = random.choice((*values, bytes(other[1])))

    return replace


def element(data: bytearray, random: Random) -> None:
    """An element of XML taken out, doubled, or moved."""
    found = list(_ELEMENT.finditer(data))
    if found:
        match, to = random.choice(found), random.choice(found)
        piece = bytes(match[0]) * random.choice((1, 1, 2, 500))
        if random.random() < 0.5:
            del data[match.start() : match.end()]
        data[to.start() : to.start()] = piece if random.random() < 0.7 else b""


def swell(data: bytearray, random: Random) -> None:
    """An element with many others in it, and again in it, and again: all that names places has long ones to name."""
    found = list(_ELEMENT.finditer(data))
    if found:
        match, around = random.choice(found), random.choice(found)
        deep, wide = random.choice(((1, 20_000), (40, 500), (90, 200), (300, 50), (2500, 2)))
        tag, piece = bytes(around[1]), bytes(match[0])
        wide = min(wide, _SWOLLEN // (deep * len(piece)))
        data[match.start() : match.start()] = (b"<" + tag + b">" + piece * wide) * deep + (b"</" + tag + b">") * deep


def swell_object(data: bytearray, random: Random) -> None:
    """An object of JSON with many more fields, or in many others."""
    at = data.find(b"{", random.randrange(len(data)))
    if at >= 0:
        many = random.choice((2, 300, 20_000))
        fields = b",".join(random.choice((b'"a%d":1', b'"number%d":"x"', b'"lines":[{"a%d":1}]', b'"a":%d')) % n for n in range(many))
        piece = random.choice((b"{" + fields + b",", b'{"sub_lines":[' * min(many, 2000), b'{"lines":[' + b"{}," * many + b"{}],"))
        data[at : at + 1] = piece


def number(data: bytearray, random: Random) -> None:
    """A digit, changed."""
    places = [at for at in range(len(data) - 1) if data[at : at + 1].isdigit()][:20000]
    if places:
        data[random.choice(places)] = random.choice(b"0123456789-")


def reference(data: bytearray, random: Random) -> None:
    """A reference of a PDF to another object than was meant."""
    places = [at for at in range(len(data) - 4) if data[at : at + 4] == b" 0 R"]
    if places:
        data[random.choice(places) - 1] = random.choice(b"123456789")


ANY = (flip, cut, truncate, double)
PDF = (*ANY, flip, writing(_PDF_TOKENS), writing(_PDF_TOKENS), number, number, reference, reference)
XML = (
    *ANY, recode, writing(_XML_TOKENS), inserting(_XML_TOKENS, b"<"), inserting(_XML_TOKENS, b">"), replacing(_TEXT, _VALUES), replacing(_TEXT, _VALUES),
    replacing(_TEXT, _VALUES), replacing(_ATTRIBUTE, _VALUES), element, element, number, swell,
)  # fmt: skip
JSON = (
    *ANY,
    recode,
    writing(_JSON_TOKENS),
    replacing(_JSON_VALUE, _JSON_TOKENS),
    replacing(_JSON_VALUE, _JSON_TOKENS),
    number,
    swell_object,
)
