"""PDF files broken on purpose: each break hurts one rule of PDF/A-3, or comes close without hurting it.

`broken(base)` gives them all for a hybrid that conforms; what is right is asked of veraPDF.
"""

from __future__ import annotations

import io
import re
import struct
import warnings
from typing import TYPE_CHECKING, Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from fuzz.xmp_breaks import described

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


_FORM = {"Type": Name.XObject, "Subtype": Name.Form, "BBox": [0, 0, 10, 10]}


def broken(base: bytes) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of every broken file."""
    base = _plain(base)
    for name, change in (*_objects(), *_content(), *_overprints(), *_masks(), *_jpeg_2000_images(), *_fonts(), *_annotations(), *_forms()):
        yield name, _changed(base, change)
    for name, edit in (*_metadata(), *described()):
        yield f"xmp: {name}", _changed(base, _packet(edit))
    for name, rewrite in _bytes():
        yield f"bytes: {name}", rewrite(base)


def _changed(base: bytes, change: Callable[[pikepdf.Pdf], object]) -> bytes:
    with pikepdf.open(io.BytesIO(base), inherit_page_attributes=False) as pdf:
        change(pdf)
        return _saved(pdf)


def _plain(base: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(base), inherit_page_attributes=False) as pdf:
        return _saved(pdf)


def _saved(pdf: pikepdf.Pdf) -> bytes:
    saved = io.BytesIO()
    warnings.simplefilter("ignore", pikepdf.PageCopyWarning)  # fields without a form are what is wanted here
    pdf.save(
        saved,
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
        force_version="1.7",
        fix_metadata_version=False,
        compress_streams=False,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
        deterministic_id=True,
    )
    return saved.getvalue()


def _set(key: str, value: object) -> Callable[[pikepdf.Pdf], object]:
    return lambda pdf: pdf.Root.__setitem__(key, value)


def _page(key: str, value: object) -> Callable[[pikepdf.Pdf], object]:
    return lambda pdf: pdf.pages[0].obj.__setitem__(key, value)


# -- catalog, trailer, objects --------------------------------------------------------------------


def _objects() -> Iterator[tuple[str, Callable[[pikepdf.Pdf], object]]]:
    goto = Dictionary(S=Name.GoTo, D=Array([0, Name.Fit]))
    for key, value in (
        ("/AA", Dictionary(WC=goto)), ("/Requirements", Array([])), ("/NeedsRendering", True), ("/Perms", Dictionary(Other=1)),
        ("/Perms", Dictionary(DocMDP=Dictionary(Type=Name.Sig, Reference=Array([Dictionary(DigestMethod=Name.MD5)])))),
        ("/OpenAction", goto), ("/OpenAction", Dictionary(S=Name.JavaScript, JS=String("1"))),
        ("/OpenAction", Dictionary(Type=Name.Action, S=Name.Launch)), ("/OpenAction", Dictionary(Type=Name.Action, S=Name.Named, N=Name.Print)),
        ("/OpenAction", Dictionary(Type=Name.Action, S=Name.Named, N=Name.NextPage)), ("/OpenAction", Dictionary(Type=Name.Action, S=Name.Foo)),
        ("/Legal", Dictionary()), ("/Extensions", Dictionary()), ("/Collection", Dictionary(Type=Name.Collection)), ("/Lang", String("xx-xx-xx-")),
        ("/Version", Name("/1.4")), ("/PageMode", Name.UseOutlines), ("/Threads", Array([])),
    ):  # fmt: skip
        yield f"catalog {key} {str(value)[:40]}", _set(key, value)
    for kind in "SubmitForm URI ResetForm ImportData Hide SetOCGState Rendition Trans GoTo3DView Sound Movie Thread GoToR GoToE".split():
        yield f"open action {kind}", _set("/OpenAction", Dictionary(Type=Name.Action, S=Name("/" + kind)))
    for kind in ("Launch", "Trans", "Named", "GoTo", "Foo"):
        yield f"open action {kind}, untyped", _set("/OpenAction", Dictionary(S=Name("/" + kind)))
        yield (
            f"next action {kind}",
            _set("/OpenAction", Dictionary(S=Name.GoTo, D=Array([0, Name.Fit]), Next=Dictionary(S=Name("/" + kind)))),
        )
    yield "names JavaScript", lambda pdf: pdf.Root.Names.__setitem__("/JavaScript", Dictionary(Names=Array([])))
    yield "names AlternatePresentations", lambda pdf: pdf.Root.Names.__setitem__("/AlternatePresentations", Dictionary())
    yield "no output intent", lambda pdf: pdf.Root.__delitem__("/OutputIntents")
    yield "output intent PDF/X", lambda pdf: pdf.Root.OutputIntents[0].__setitem__("/S", Name.GTS_PDFX)
    yield "output intent without profile", lambda pdf: pdf.Root.OutputIntents[0].__delitem__("/DestOutputProfile")
    yield "output intents with two profiles", _second_intent
    yield "output intent twice", lambda pdf: pdf.Root.OutputIntents.append(pdf.Root.OutputIntents[0])
    for at, value, name in (
        (8, b"\x05", "version 5"),
        (12, b"scnr", "scanner"),
        (16, b"Lab ", "Lab"),
        (16, b"CMYK", "CMYK"),
        (16, b"GRAY", "GRAY"),
    ):
        yield f"output profile {name}", _profile(at, value)
    yield from _layers()
    yield from _file_specifications()
    for name, value in (
        ("integer", 1 << 31), ("integer at the limit", (1 << 31) - 1), ("negative integer", -(1 << 31) - 1), ("long string", String("a" * 32768)),
        ("string at the limit", String("a" * 32767)), ("long name", Name("/" + "a" * 128)), ("name at the limit", Name("/" + "a" * 127)),
        ("DeviceN of 33", _device_n(33)), ("DeviceN of 32", _device_n(32)), ("DeviceN undescribed", _device_n(2, described=1)),
    ):  # fmt: skip
        yield f"object {name}", _page("/PieceInfo", Dictionary(A=value))
    yield "long key", _page("/PieceInfo", Dictionary(**{"k" * 128: 1}))
    yield "external stream", lambda pdf: pdf.pages[0].obj.__setitem__("/Thumb", pdf.make_stream(b"", F=String("x.bin")))
    yield "filter LZW", lambda pdf: _filtered(pdf, Name.LZWDecode)
    yield "filter Crypt", lambda pdf: _filtered(pdf, Name.Crypt)
    yield "filter unknown", lambda pdf: _filtered(pdf, Name.Foo)
    yield "separations differ", _separations
    yield "separation name not UTF-8", lambda pdf: _painted_space(pdf, Array([Name.Separation, Name("/a#ff"), Name.DeviceRGB, _tint(pdf)]))
    yield "no id", lambda pdf: pdf.trailer.__delitem__("/ID")
    for box in ([0, 0, 2, 2], [0, 0, 14401, 100], [0, 0, 3, 3], [0, 0, 14400, 14400]):
        yield f"media box {box}", _page("/MediaBox", Array(box))
        yield f"crop box {box}", _page("/CropBox", Array(box))
    yield "page AA", _page("/AA", Dictionary(O=goto))
    yield "page PresSteps", _page("/PresSteps", Dictionary())
    yield "page transition", _page("/Trans", Dictionary(Type=Name.Trans, S=Name.Split))
    yield (
        "page metadata",
        lambda pdf: pdf.pages[0].obj.__setitem__("/Metadata", pdf.make_stream(b"junk", Type=Name.Metadata, Subtype=Name.XML)),
    )


def _second_intent(pdf: pikepdf.Pdf) -> None:
    first = pdf.Root.OutputIntents[0]
    other = pdf.make_stream(first.DestOutputProfile.read_bytes(), N=3)
    pdf.Root.OutputIntents.append(
        Dictionary(Type=Name.OutputIntent, S=Name.GTS_PDFX, OutputConditionIdentifier=String("x"), DestOutputProfile=other)
    )


def _profile(at: int, value: bytes) -> Callable[[pikepdf.Pdf], object]:
    def change(pdf: pikepdf.Pdf) -> None:
        profile = pdf.Root.OutputIntents[0].DestOutputProfile
        data = profile.read_bytes()
        profile.write(data[:at] + value + data[at + len(value) :])

    return change


def _layers() -> Iterator[tuple[str, Callable[[pikepdf.Pdf], object]]]:
    def layers(pdf: pikepdf.Pdf, **configuration: Any) -> None:
        groups = [pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String(name))) for name in "ab"]
        entries = {key: Array(groups[:value]) if key == "Order" else value for key, value in configuration.items()}
        pdf.Root["/OCProperties"] = Dictionary(OCGs=Array(groups), D=Dictionary(**entries))

    for name, configuration in (
        ("good", {"Name": String("x")}), ("without name", {}), ("empty name", {"Name": String("")}), ("AS", {"Name": String("x"), "AS": Array([])}),
        ("order whole", {"Name": String("x"), "Order": 2}), ("order short", {"Name": String("x"), "Order": 1}),
    ):  # fmt: skip
        yield f"layers {name}", lambda pdf, c=configuration: layers(pdf, **c)

    def twice(pdf: pikepdf.Pdf) -> None:
        layers(pdf, Name=String("x"))
        pdf.Root.OCProperties["/Configs"] = Array([Dictionary(Name=String("x"))])

    yield "layers of one name", twice


def _file_specifications() -> Iterator[tuple[str, Callable[[pikepdf.Pdf], object]]]:
    for key in ("/F", "/UF", "/AFRelationship", "/Type", "/Desc"):
        yield f"file specification without {key}", lambda pdf, key=key: pdf.Root.AF[0].__delitem__(key) if key in pdf.Root.AF[0] else None
    yield "file without type", lambda pdf: pdf.Root.AF[0].EF.F.__delitem__("/Subtype")
    yield "file type without slash", lambda pdf: pdf.Root.AF[0].EF.F.__setitem__("/Subtype", Name("/textxml"))
    yield "file type with blank", lambda pdf: pdf.Root.AF[0].EF.F.__setitem__("/Subtype", Name("/text#20x/xml"))
    yield "no AF", lambda pdf: pdf.Root.__delitem__("/AF")
    yield "AF of a page only", lambda pdf: (pdf.pages[0].obj.__setitem__("/AF", pdf.Root.AF), pdf.Root.__delitem__("/AF"))
    yield "AFRelationship is a string", lambda pdf: pdf.Root.AF[0].__setitem__("/AFRelationship", String("Data"))
    yield "AFRelationship unknown", lambda pdf: pdf.Root.AF[0].__setitem__("/AFRelationship", Name.Foo)


def _device_n(count: int, described: int | None = None) -> Array:
    names = [Name(f"/Ink{number}") for number in range(count)]
    tint = Dictionary(FunctionType=2, Domain=Array([0, 1]), C0=Array([0, 0, 0]), C1=Array([1, 1, 1]), N=1)
    inks = {
        str(name)[1:]: Array([Name.Separation, name, Name.DeviceRGB, tint]) for name in names[: count if described is None else described]
    }
    return Array([Name.DeviceN, Array(names), Name.DeviceRGB, tint, Dictionary(Colorants=Dictionary(**inks))])


def _filtered(pdf: pikepdf.Pdf, name: Name) -> None:
    thumb = pdf.make_stream(b"abc")
    thumb.write(b"abc", filter=name, decode_parms=None) if name != Name.Foo else thumb.__setitem__("/Filter", name)
    pdf.pages[0].obj["/Thumb"] = thumb


def _tint(pdf: pikepdf.Pdf) -> pikepdf.Object:
    return pdf.make_indirect(Dictionary(FunctionType=2, Domain=Array([0, 1]), C0=Array([0, 0, 0]), C1=Array([1, 1, 1]), N=1))


def _separations(pdf: pikepdf.Pdf) -> None:
    one, other = _tint(pdf), _tint(pdf)
    other.N = 2
    _painted_space(pdf, Array([Name.Separation, Name.Gold, Name.DeviceRGB, one]))
    _painted_space(pdf, Array([Name.Separation, Name.Gold, Name.DeviceRGB, other]), name="/Second")


# -- content --------------------------------------------------------------------------------------


def _resources(pdf: pikepdf.Pdf, kind: str) -> Any:
    resources = pdf.pages[0].obj.Resources
    if kind not in resources:
        resources[kind] = Dictionary()
    return resources[kind]


def _append(pdf: pikepdf.Pdf, code: bytes) -> None:
    pdf.pages[0].contents_add(pikepdf.Stream(pdf, b"\nq " + code + b" Q\n"))


def _painted_space(pdf: pikepdf.Pdf, space: object, name: str = "/Added", paint: bytes = b"0 0 5 5 re f") -> None:
    _resources(pdf, "/ColorSpace")[name] = space
    _append(pdf, name.encode() + b" cs " + paint)


def _painted(code: bytes, **resources: dict[str, object]) -> Callable[[pikepdf.Pdf], object]:
    def change(pdf: pikepdf.Pdf) -> None:
        for kind, entries in resources.items():
            for key, value in entries.items():
                _resources(pdf, "/" + kind)["/" + key] = value
        _append(pdf, code)

    return change


def _content() -> Iterator[tuple[str, Callable[[pikepdf.Pdf], object]]]:
    for name, code in (
        ("grey", b"0 g 0 0 5 5 re f"), ("rgb", b"1 0 0 rg 0 0 5 5 re f"), ("cmyk", b"0 0 0 1 k 0 0 5 5 re f"), ("cmyk stroke", b"0 0 0 1 K 0 0 m 5 5 l S"),
        ("cmyk set only", b"0 0 0 1 k"), ("cmyk by name", b"/DeviceCMYK cs 0 0 5 5 re f"), ("unknown operator", b"foo"),
        ("unknown operator in BX", b"BX foo EX"), ("intent", b"/Foo ri"), ("good intent", b"/Perceptual ri"), ("hex odd", b"BT <abc> pop ET"),
        ("28 nested", b"q " * 27 + b"Q " * 27), ("29 nested", b"q " * 28 + b"Q " * 28), ("big integer", b"2147483648 0 m"), ("big real", b"1" + b"0" * 40 + b".0 0 m"),
        ("long string", b"(" + b"a" * 32768 + b") pop"), ("cmyk text", b"BT 0 0 0 1 k ET"),
        ("inline image", b"BI /W 1 /H 1 /BPC 8 /CS /G ID x\nEI"), ("inline cmyk", b"BI /W 1 /H 1 /BPC 8 /CS /CMYK ID abcd\nEI"),
        ("inline interpolated", b"BI /W 1 /H 1 /BPC 8 /CS /G /I true ID x\nEI"), ("inline LZW", b"BI /W 1 /H 1 /BPC 8 /CS /G /F /LZW ID x\nEI"),
        ("inline depth", b"BI /W 1 /H 1 /BPC 3 /CS /G ID x\nEI"), ("inline mask", b"BI /W 1 /H 1 /IM true ID x\nEI"), ("unbalanced", b"Q Q"),
        ("resource that is not there", b"/Nothing gs /Nothing Do"), ("marked content", b"/Artifact BMC EMC"), ("sh", b"/None sh"),
    ):  # fmt: skip
        yield f"content {name}", lambda pdf, code=code: _append(pdf, code)
    for name, state in (
        ("TR", {"TR": Name.Identity}), ("TR2", {"TR2": Name.Identity}), ("TR2 Default", {"TR2": Name.Default}), ("HTP", {"HTP": Array([0, 0])}), ("RI", {"RI": Name.Foo}),
        ("BM", {"BM": Name.Foo}), ("BM Multiply", {"BM": Name.Multiply}), ("BM array", {"BM": Array([Name.Foo, Name.Normal])}), ("alpha", {"ca": 0}),
        ("HT 1", {"HT": Dictionary(Type=Name.Halftone, HalftoneType=1, Frequency=60, Angle=0, SpotFunction=Name.Round)}),
        ("HT 2", {"HT": Dictionary(Type=Name.Halftone, HalftoneType=2)}), ("HT name", {"HT": Dictionary(HalftoneType=1, HalftoneName=String("x"))}),
        ("HT transfer", {"HT": Dictionary(HalftoneType=1, TransferFunction=Name.Identity)}),
        ("HT 5", {"HT": Dictionary(HalftoneType=5, Default=Dictionary(HalftoneType=1), Cyan=Dictionary(HalftoneType=1, TransferFunction=Name.Identity))}),
        ("HT 5 spot", {"HT": Dictionary(HalftoneType=5, Default=Dictionary(HalftoneType=1), Gold=Dictionary(HalftoneType=1))}),
        ("HT 5 good", {"HT": Dictionary(HalftoneType=5, Default=Dictionary(HalftoneType=1), Gold=Dictionary(HalftoneType=1, TransferFunction=Name.Identity))}),
    ):  # fmt: skip
        yield f"state {name}", _painted(b"/Added gs 0 0 5 5 re f", ExtGState={"Added": Dictionary(**state)})
        yield f"state {name} not set", _painted(b"0 0 5 5 re f", ExtGState={"Added": Dictionary(**state)})
    for transparent in ({"ca": 0.5}, {"BM": Name.Multiply}):
        yield (
            f"transparency without intent {transparent}",
            lambda pdf, state=transparent: (
                pdf.Root.__delitem__("/OutputIntents"),
                _painted(b"/Added gs", ExtGState={"Added": Dictionary(**state)})(pdf),
            ),
        )
    for name, space in (
        ("CalRGB", Array([Name.CalRGB, Dictionary(WhitePoint=Array([1, 1, 1]))])), ("Lab", Array([Name.Lab, Dictionary(WhitePoint=Array([1, 1, 1]))])),
        ("Indexed CMYK", Array([Name.Indexed, Name.DeviceCMYK, 0, String("abcd")])), ("Indexed RGB", Array([Name.Indexed, Name.DeviceRGB, 0, String("abc")])),
        ("Separation", Array([Name.Separation, Name.Gold, Name.DeviceRGB, _TINT])), ("Separation CMYK", Array([Name.Separation, Name.Gold, Name.DeviceCMYK, _TINT])),
        ("DeviceN", _device_n(2)), ("DeviceN undescribed", _device_n(2, described=1)), ("CMYK", Name.DeviceCMYK), ("Pattern", Array([Name.Pattern, Name.DeviceCMYK])),
    ):  # fmt: skip
        yield f"space {name}", lambda pdf, space=space: _painted_space(pdf, space)
        yield f"space {name} not painted", lambda pdf, space=space: _painted_space(pdf, space, paint=b"")
        yield f"space {name} not used", lambda pdf, space=space: _resources(pdf, "/ColorSpace").__setitem__("/Added", space)
    yield (
        "default CMYK",
        lambda pdf: (_resources(pdf, "/ColorSpace").__setitem__("/DefaultCMYK", _device_n(4)), _append(pdf, b"0 0 0 1 k 0 0 5 5 re f")),
    )
    for name, head in (("broken", b"x" * 200), ("version 5", None), ("N 4", None)):
        yield f"icc {name}", lambda pdf, name=name, head=head: _icc(pdf, name, head)
    for name, entries in (
        ("plain", {}), ("Alternates", {"Alternates": Array([])}), ("OPI", {"OPI": Dictionary()}), ("Interpolate", {"Interpolate": True}),
        ("Interpolate false", {"Interpolate": False}), ("depth 3", {"BitsPerComponent": 3}), ("mask depth 8", {"ImageMask": True}), ("Intent", {"Intent": Name.Foo}),
        ("CMYK", {"ColorSpace": Name.DeviceCMYK}), ("JPX broken", {"Filter": Name.JPXDecode}),
    ):  # fmt: skip
        yield f"image {name}", lambda pdf, entries=entries: _image(pdf, entries)
        yield f"image {name} not drawn", lambda pdf, entries=entries: _image(pdf, entries, draw=False)
    for name, entries in (
        ("plain", {}), ("OPI", {"OPI": Dictionary()}), ("PS", {"PS": 1}), ("Subtype2", {"Subtype2": Name.PS}), ("Ref", {"Ref": Dictionary()}),
        ("group CMYK", {"Group": Dictionary(S=Name.Transparency, CS=Name.DeviceCMYK)}), ("group RGB", {"Group": Dictionary(S=Name.Transparency, CS=Name.DeviceRGB)}),
    ):  # fmt: skip
        yield f"form {name}", lambda pdf, entries=entries: _form_xobject(pdf, b"0 0 5 5 re f", entries)
    yield "form CMYK", lambda pdf: _form_xobject(pdf, b"0 0 0 1 k 0 0 5 5 re f", {})
    yield "form in a form CMYK", _nested_form
    yield (
        "form inherits resources",
        lambda pdf: (_resources(pdf, "/ExtGState").__setitem__("/Given", Dictionary()), _form_xobject(pdf, b"/Given gs", {}, own=False)),
    )
    yield "form without resources", lambda pdf: _form_xobject(pdf, b"0 0 5 5 re f", {}, own=False)
    yield (
        "PostScript",
        lambda pdf: (
            _resources(pdf, "/XObject").__setitem__("/Ps", pdf.make_stream(b"", Type=Name.XObject, Subtype=Name.PS)),
            _append(pdf, b"/Ps Do"),
        ),
    )
    yield "resources inherited", _inherit_resources
    yield "tiling CMYK", lambda pdf: _tiling(pdf, b"0 0 0 1 k 0 0 5 5 re f")
    yield "tiling RGB", lambda pdf: _tiling(pdf, b"0 0 1 rg 0 0 5 5 re f")
    yield "shading CMYK", _shading
    yield "soft mask CMYK", _soft_mask
    yield "page group CMYK", _page("/Group", Dictionary(S=Name.Transparency, CS=Name.DeviceCMYK))


_TINT = Dictionary(FunctionType=2, Domain=Array([0, 1]), C0=Array([0, 0, 0]), C1=Array([1, 1, 1]), N=1)


def _overprints() -> Iterator[tuple[str, Callable[[pikepdf.Pdf], object]]]:
    for mode in (None, 0, 1):
        for given in ({}, {"OP": True}, {"op": True}, {"OP": True, "op": False}):
            yield f"overprint {mode} {given} of ICC-based CMYK", lambda pdf, mode=mode, given=given: _overprint(pdf, mode, given)


def _overprint(pdf: pikepdf.Pdf, mode: int | None, given: dict[str, bool]) -> None:
    profile = bytearray(pdf.Root.OutputIntents[0].DestOutputProfile.read_bytes())
    profile[12:20] = b"prtrCMYK"
    state = Dictionary(Type=Name.ExtGState, **given)
    if mode is not None:
        state.OPM = mode
    _resources(pdf, "/ExtGState")["/Printed"] = state
    _resources(pdf, "/ColorSpace")["/Inks"] = Array([Name.ICCBased, pdf.make_stream(bytes(profile), N=4)])
    _append(pdf, b"/Printed gs /Inks cs 0 0 0 1 sc 0 0 5 5 re f /Inks CS 0 0 0 1 SC 0 0 5 5 re S")


def _masked(pdf: pikepdf.Pdf, key: str, entries: dict[str, object]) -> None:
    """An image with another as its mask."""
    mask = pdf.make_stream(b"a" * 25, Type=Name.XObject, Subtype=Name.Image, Width=5, Height=5, ColorSpace=Name.DeviceGray, **entries)
    _image(pdf, {key: mask})


def _icc(pdf: pikepdf.Pdf, name: str, head: bytes | None) -> None:
    data = pdf.Root.OutputIntents[0].DestOutputProfile.read_bytes() if "/OutputIntents" in pdf.Root else b""
    data = head or (data[:8] + b"\x05" + data[9:] if name == "version 5" else data)
    _painted_space(pdf, Array([Name.ICCBased, pdf.make_stream(data, N=4 if name == "N 4" else 3)]))


def _box(kind: bytes, body: bytes) -> bytes:
    return (8 + len(body)).to_bytes(4, "big") + kind + body


def _jpeg_2000(channels: int, *colours: bytes, depth: int = 7, more: bytes = b"") -> bytes:
    """A JPEG 2000 file of one pixel, up to its code stream (ISO 15444-1, annex I)."""
    header = _box(b"ihdr", struct.pack(">IIHBBBB", 1, 1, channels, depth, 7, 0, 0)) + b"".join(_box(b"colr", colour) for colour in colours)
    start = _box(b"jP  ", b"\r\n\x87\n") + _box(b"ftyp", b"jp2 \0\0\0\0jp2 ")
    return start + _box(b"jp2h", header + more) + _box(b"jp2c", b"\xff\x4f\xff\x51")


def _enumerated(space: int, *, method: int = 1, approximation: int = 0) -> bytes:
    return struct.pack(">BBBI", method, 0, approximation, space)


_RGB, _GRAY = _enumerated(16), _enumerated(17)
_OPACITY = _box(b"cdef", struct.pack(">7H", 2, 0, 0, 1, 1, 1, 0))
_PALETTE = _box(b"pclr", struct.pack(">HB3B3B", 1, 3, 7, 7, 7, 0, 0, 0))
_JPEG_2000 = {
    **{f"{channels} channels": _jpeg_2000(channels, _RGB) for channels in range(6)},
    **{f"space {space}": _jpeg_2000(3, _enumerated(space)) for space in (0, 12, 16, 17, 18, 19, 20)},
    **{f"method {method}": _jpeg_2000(3, _enumerated(16, method=method)) for method in range(6)},
    **{f"depth {depth + 1}": _jpeg_2000(3, _RGB, depth=depth) for depth in (0, 15, 37, 38, 127, 0x87, 255)},
    "gray with opacity": _jpeg_2000(2, _GRAY, more=_OPACITY),
    "palette": _jpeg_2000(1, _RGB, more=_PALETTE),
    "palette of two channels": _jpeg_2000(2, _RGB, more=_PALETTE),
    "depth each": _jpeg_2000(3, _RGB, more=_box(b"bpcc", b"\7\7\7")),
    "depth each, different": _jpeg_2000(3, _RGB, depth=255, more=_box(b"bpcc", b"\7\7\6")),
    "no space": _jpeg_2000(3),
    "two spaces": _jpeg_2000(3, _RGB, _GRAY),
    "two spaces, one exact": _jpeg_2000(3, _RGB, _enumerated(17, approximation=1)),
    "two exact spaces": _jpeg_2000(3, _enumerated(16, approximation=1), _enumerated(17, approximation=1)),
    "CMYK, exact RGB": _jpeg_2000(4, _enumerated(12), _enumerated(16, approximation=1)),
    "exact CMYK": _jpeg_2000(4, _RGB, _enumerated(12, approximation=1)),
}


def _masks() -> Iterator[tuple[str, Callable[[pikepdf.Pdf], object]]]:
    for key in ("SMask", "Mask"):
        for entries in (
            {"BitsPerComponent": 8}, {"BitsPerComponent": 3}, {"BitsPerComponent": 1, "ImageMask": True}, {"BitsPerComponent": 8, "ImageMask": True},
            {"ImageMask": True}, {"BitsPerComponent": 8, "Interpolate": True},
        ):  # fmt: skip
            yield f"{key} {entries}", lambda pdf, key=key, entries=entries: _masked(pdf, key, entries)


def _jpeg_2000_images() -> Iterator[tuple[str, Callable[[pikepdf.Pdf], object]]]:
    for name, image in _JPEG_2000.items():
        yield f"JPEG 2000 {name}", lambda pdf, image=image: _image(pdf, {"Filter": Name.JPXDecode, "ColorSpace": None}, data=image)
        yield f"JPEG 2000 {name} in gray", lambda pdf, image=image: _image(pdf, {"Filter": Name.JPXDecode}, data=image)


def _image(pdf: pikepdf.Pdf, entries: dict[str, object], *, draw: bool = True, data: bytes = b"abcd") -> None:
    given = {
        "Type": Name.XObject,
        "Subtype": Name.Image,
        "Width": 1,
        "Height": 1,
        "BitsPerComponent": 8,
        "ColorSpace": Name.DeviceGray,
        **entries,
    }
    image = pdf.make_stream(data, **{key: value for key, value in given.items() if key != "Filter" and value is not None})
    if "Filter" in entries:
        image["/Filter"] = entries["Filter"]
    _resources(pdf, "/XObject")["/Added"] = image
    if draw:
        _append(pdf, b"/Added Do")


def _form_xobject(pdf: pikepdf.Pdf, code: bytes, entries: dict[str, object], *, own: bool = True) -> None:
    resources: dict[str, object] = {"Resources": Dictionary()} if own else {}
    _resources(pdf, "/XObject")["/Added"] = pdf.make_stream(code, **_FORM, **resources, **entries)
    _append(pdf, b"/Added Do")


def _nested_form(pdf: pikepdf.Pdf) -> None:
    inner = pdf.make_stream(b"0 0 0 1 k 0 0 5 5 re f", **_FORM, Resources=Dictionary())
    _form_xobject(pdf, b"/Inner Do", {"Resources": Dictionary(XObject=Dictionary(Inner=inner))}, own=False)


def _inherit_resources(pdf: pikepdf.Pdf) -> None:
    page = pdf.pages[0].obj
    page.Parent.Resources = page.Resources
    del page["/Resources"]


def _tiling(pdf: pikepdf.Pdf, code: bytes) -> None:
    entries = {"Type": Name.Pattern, "PatternType": 1, "PaintType": 1, "TilingType": 1, "BBox": [0, 0, 5, 5], "XStep": 5, "YStep": 5}
    _resources(pdf, "/Pattern")["/Added"] = pdf.make_stream(code, **entries, Resources=Dictionary())
    _append(pdf, b"/Pattern cs /Added scn 0 0 5 5 re f")


def _shading(pdf: pikepdf.Pdf) -> None:
    tint = Dictionary(FunctionType=2, Domain=Array([0, 1]), C0=Array([0, 0, 0, 0]), C1=Array([1, 1, 1, 1]), N=1)
    _resources(pdf, "/Shading")["/Added"] = Dictionary(ShadingType=2, ColorSpace=Name.DeviceCMYK, Coords=Array([0, 0, 1, 1]), Function=tint)
    _append(pdf, b"/Added sh")


def _soft_mask(pdf: pikepdf.Pdf) -> None:
    group = pdf.make_stream(
        b"0 0 0 1 k 0 0 5 5 re f", **_FORM, Resources=Dictionary(), Group=Dictionary(S=Name.Transparency, CS=Name.DeviceGray)
    )
    state = Dictionary(SMask=Dictionary(Type=Name.Mask, S=Name.Luminosity, G=group))
    _painted(b"/Added gs 0 0 5 5 re f", ExtGState={"Added": state})(pdf)


# -- fonts ----------------------------------------------------------------------------------------


def _first_font(pdf: pikepdf.Pdf) -> Any:
    fonts = pdf.pages[0].obj.Resources.Font
    return next(fonts[key] for key in sorted(fonts.keys()) if "/FontDescriptor" in fonts[key])


def _fonts() -> Iterator[tuple[str, Callable[[pikepdf.Pdf], object]]]:
    for name, change in (
        ("Type", lambda font: font.__setitem__("/Type", Name.Foo)), ("Subtype", lambda font: font.__setitem__("/Subtype", Name.Foo)),
        ("no BaseFont", lambda font: font.__delitem__("/BaseFont")), ("no FirstChar", lambda font: font.__delitem__("/FirstChar")),
        ("no LastChar", lambda font: font.__delitem__("/LastChar")), ("no Widths", lambda font: font.__delitem__("/Widths")),
        ("Widths short", lambda font: font.__setitem__("/Widths", Array(list(font.Widths)[:-1]))),
        ("Widths wrong", lambda font: font.__setitem__("/Widths", Array([width + 5 for width in font.Widths]))),
        ("Widths nearly", lambda font: font.__setitem__("/Widths", Array([round(float(width)) for width in font.Widths]))),
        ("no descriptor", lambda font: font.__delitem__("/FontDescriptor")), ("not embedded", lambda font: font.FontDescriptor.__delitem__("/FontFile2")),
        ("damaged", lambda font: font.FontDescriptor.FontFile2.write(b"junk")), ("no ToUnicode", lambda font: font.__delitem__("/ToUnicode")),
        ("WinAnsi", lambda font: font.__setitem__("/Encoding", Name.WinAnsiEncoding)), ("nonsymbolic", lambda font: font.FontDescriptor.__setitem__("/Flags", 32)),
        ("nonsymbolic WinAnsi", lambda font: (font.FontDescriptor.__setitem__("/Flags", 32), font.__setitem__("/Encoding", Name.WinAnsiEncoding))),
        ("name not UTF-8", lambda font: font.__setitem__("/BaseFont", Name("/a#ff"))),
        ("Type1", lambda font: font.__setitem__("/Subtype", Name.Type1)),
    ):  # fmt: skip
        yield f"font {name}", lambda pdf, change=change: change(_first_font(pdf))
    for name, code in (("drawn", b"(x)"), ("invisible", b"3 Tr (x)")):
        for base in ("Helvetica", "Symbol", "Arial"):
            font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name("/" + base))
            yield f"font {base} {name}", _painted(b"BT /Added 9 Tf " + code + b" Tj ET", Font={"Added": font})
    yield (
        "font unused",
        _painted(b"BT /Added 9 Tf ET", Font={"Added": Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)}),
    )
    yield "font code not there", lambda pdf: _append(pdf, b"BT " + _font_name(pdf) + b" 9 Tf (\\377) Tj ET")
    yield "font code not there, invisible", lambda pdf: _append(pdf, b"BT " + _font_name(pdf) + b" 9 Tf 3 Tr (\\377) Tj ET")
    yield "font code 0", lambda pdf: _append(pdf, b"BT " + _font_name(pdf) + b" 9 Tf (\\000) Tj ET")
    for name, code, width in (
        ("good", b"500 0 0 0 5 5 d1 0 0 5 5 re f", 500),
        ("width", b"400 0 d0 0 0 5 5 re f", 500),
        ("CMYK", b"500 0 d0 0 0 0 1 k 0 0 5 5 re f", 500),
    ):
        yield f"font type 3 {name}", lambda pdf, code=code, width=width: _type3(pdf, code, width)


def _font_name(pdf: pikepdf.Pdf) -> bytes:
    fonts = pdf.pages[0].obj.Resources.Font
    return next(key for key in sorted(fonts.keys()) if "/FontDescriptor" in fonts[key]).encode()


def _type3(pdf: pikepdf.Pdf, code: bytes, width: int) -> None:
    font = Dictionary(
        Type=Name.Font, Subtype=Name.Type3, FontBBox=[0, 0, 500, 500], FontMatrix=[0.001, 0, 0, 0.001, 0, 0], FirstChar=120, LastChar=120,
        Widths=[width], Encoding=Dictionary(Differences=Array([120, Name.x])), CharProcs=Dictionary(x=pdf.make_stream(code)), Resources=Dictionary(),
    )  # fmt: skip
    _painted(b"BT /Added 9 Tf (x) Tj ET", Font={"Added": font})(pdf)


# -- annotations and forms ------------------------------------------------------------------------


def _annotations() -> Iterator[tuple[str, Callable[[pikepdf.Pdf], object]]]:
    for kind in (
        "Text Link FreeText Line Square Circle Polygon PolyLine Highlight Underline Squiggly StrikeOut Stamp Caret Ink Popup FileAttachment "
        "Widget PrinterMark TrapNet Watermark Redact Sound Movie Screen 3D RichMedia Foo Projection"
    ).split():
        yield f"annotation {kind}", lambda pdf, kind=kind: _annotation(pdf, {"Subtype": Name("/" + kind)})
    for flags in (None, 0, 4, 6, 5, 36, 260, 28, 68, 516, 12):
        yield f"annotation flags {flags}", lambda pdf, flags=flags: _annotation(pdf, {"F": flags})
    for name, entries in (
        ("no AP", {"AP": None}), ("no AP, no size", {"AP": None, "Rect": [5, 5, 5, 5]}), ("no AP, no width", {"AP": None, "Rect": [5, 5, 5, 9]}),
        ("BM", {"BM": Name.Foo}), ("colour", {"C": Array([0, 0, 0, 1])}), ("action", {"A": Dictionary(Type=Name.Action, S=Name.Launch)}),
        ("action URI", {"A": Dictionary(Type=Name.Action, S=Name.URI, URI=String("http://x"))}), ("action without type", {"A": Dictionary(S=Name.JavaScript)}),
        ("action unknown", {"A": Dictionary(S=Name.Foo)}), ("AA", {"AA": Dictionary(E=Dictionary(S=Name.Launch))}), ("AA good", {"AA": Dictionary(E=Dictionary(S=Name.GoTo))}),
    ):  # fmt: skip
        yield f"annotation {name}", lambda pdf, entries=entries: _annotation(pdf, entries)
    yield (
        "appearance with D",
        lambda pdf: _annotation(pdf, {"AP": Dictionary(N=pdf.make_stream(b"", **_FORM), D=pdf.make_stream(b"", **_FORM))}),
    )
    yield "appearance without N", lambda pdf: _annotation(pdf, {"AP": Dictionary()})
    yield "appearance of states", lambda pdf: _annotation(pdf, {"AP": Dictionary(N=Dictionary(On=pdf.make_stream(b"", **_FORM)))})
    yield (
        "appearance CMYK",
        lambda pdf: _annotation(pdf, {"AP": Dictionary(N=pdf.make_stream(b"0 0 0 1 k 0 0 5 5 re f", **_FORM, Resources=Dictionary()))}),
    )


def _annotation(pdf: pikepdf.Pdf, entries: dict[str, Any]) -> Any:
    appearance = Dictionary(N=pdf.make_stream(b"", **_FORM, Resources=Dictionary()))
    given = {"Type": Name.Annot, "Subtype": Name.Square, "Rect": [0, 0, 5, 5], "F": 4, "AP": appearance, **entries}
    annotation = pdf.make_indirect(Dictionary({"/" + key: value for key, value in given.items() if value is not None}))
    page = pdf.pages[0].obj
    page["/Annots"] = Array([*page.get("/Annots", Array()), annotation])
    return annotation


def _forms() -> Iterator[tuple[str, Callable[[pikepdf.Pdf], object]]]:
    for name, form in (
        ("empty", {}), ("NeedAppearances", {"NeedAppearances": True}), ("NeedAppearances 1", {"NeedAppearances": 1}), ("NeedAppearances false", {"NeedAppearances": False}), ("XFA", {"XFA": Array([])}),
    ):  # fmt: skip
        yield f"form {name}", _set("/AcroForm", Dictionary(Fields=Array([]), **form))
    for name, entries in (
        ("text", {"FT": Name.Tx}), ("action", {"FT": Name.Tx, "A": Dictionary(S=Name.GoTo)}), ("AA", {"FT": Name.Tx, "AA": Dictionary(K=Dictionary(S=Name.GoTo))}),
        ("button stream", {"FT": Name.Btn}),
    ):  # fmt: skip
        yield f"widget {name}", lambda pdf, entries=entries: _widget(pdf, entries)
    yield (
        "button states",
        lambda pdf: _widget(
            pdf, {"FT": Name.Btn, "AP": Dictionary(N=Dictionary(Off=pdf.make_stream(b"", **_FORM, Resources=Dictionary())))}
        ),
    )
    yield "button no states", lambda pdf: _widget(pdf, {"FT": Name.Btn, "AP": Dictionary(N=Dictionary())})
    yield (
        "field AA",
        lambda pdf: pdf.Root.__setitem__(
            "/AcroForm", Dictionary(Fields=Array([pdf.make_indirect(Dictionary(FT=Name.Tx, T=String("x"), AA=Dictionary()))]))
        ),
    )
    for name, signature in (
        ("empty", {}), ("range", {"ByteRange": Array([0, 10, 20, 30])}), ("contents", {"Contents": String("junk")}),
        ("two signers", {"Contents": String(_cms(signers=2))}), ("good contents", {"Contents": String(_cms(signers=1))}),
        ("no certificate", {"Contents": String(_cms(signers=1, certificate=False))}),
    ):  # fmt: skip
        yield f"signature {name}", lambda pdf, signature=signature: _signature(pdf, signature)


def _widget(pdf: pikepdf.Pdf, entries: dict[str, Any]) -> None:
    widget = _annotation(pdf, {"Subtype": Name.Widget, "T": String("x"), **entries})
    pdf.Root["/AcroForm"] = Dictionary(Fields=Array([widget]))


def _signature(pdf: pikepdf.Pdf, entries: dict[str, Any]) -> None:
    value = Dictionary(Type=Name.Sig, Filter=Name("/Adobe.PPKLite"), SubFilter=Name("/adbe.pkcs7.detached"), **entries)
    _widget(pdf, {"FT": Name.Sig, "V": pdf.make_indirect(value)})


def _der(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return bytes([tag]) + (bytes([len(body)]) if len(body) < 128 else b"\x82" + len(body).to_bytes(2, "big")) + body


def _cms(*, signers: int, certificate: bool = True) -> bytes:
    """A SignedData that is right in form, with nothing signed."""
    data_type = _der(0x06, bytes.fromhex("2a864886f70d010701"))
    signer = _der(0x30, _der(0x02, b"\x01"))
    certificates = [_der(0xA0, _der(0x30))] if certificate else []
    signed = _der(0x30, _der(0x02, b"\x01"), _der(0x31), _der(0x30, data_type), *certificates, _der(0x31, *[signer] * signers))
    return _der(0x30, _der(0x06, bytes.fromhex("2a864886f70d010702")), _der(0xA0, signed))


# -- XMP ------------------------------------------------------------------------------------------


def _packet(edit: Callable[[bytes], bytes]) -> Callable[[pikepdf.Pdf], object]:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.Root.Metadata = pdf.make_stream(edit(pdf.Root.Metadata.read_bytes()), Type=Name.Metadata, Subtype=Name.XML)

    return change


def _described(namespace: str, body: str, attributes: str = "") -> Callable[[bytes], bytes]:
    description = f'<rdf:Description rdf:about="" xmlns:q="{namespace}"{attributes}>{body}</rdf:Description></rdf:RDF>'
    return lambda packet: packet.replace(b"</rdf:RDF>", description.encode())


_DC, _XMP, _MM = "http://purl.org/dc/elements/1.1/", "http://ns.adobe.com/xap/1.0/", "http://ns.adobe.com/xap/1.0/mm/"
_EVENT = 'xmlns:e="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#"'


def _metadata() -> Iterator[tuple[str, Callable[[bytes], bytes]]]:
    for name, namespace, body in (
        ("text", _DC, "<q:source>a</q:source>"), ("text in a sequence", _DC, "<q:source><rdf:Seq><rdf:li>a</rdf:li></rdf:Seq></q:source>"),
        ("rights without language", _DC, "<q:rights><rdf:Alt><rdf:li>a</rdf:li></rdf:Alt></q:rights>"), ("rights as text", _DC, "<q:rights>a</q:rights>"),
        ("subject as text", _DC, "<q:subject>a</q:subject>"), ("type in a sequence", _DC, "<q:type><rdf:Seq><rdf:li>a</rdf:li></rdf:Seq></q:type>"),
        ("undefined", "urn:x", "<q:z>1</q:z>"), ("undefined of a known namespace", _DC, "<q:zzz>1</q:zzz>"), ("rating", _XMP, "<q:Rating>5</q:Rating>"),
        ("rating in words", _XMP, "<q:Rating>five</q:Rating>"), ("marked", _XMP + "rights/", "<q:Marked>true</q:Marked>"), ("Marked", _XMP + "rights/", "<q:Marked>True</q:Marked>"),
        ("history", _MM, f'<q:History><rdf:Seq><rdf:li rdf:parseType="Resource"><e:action {_EVENT}>a</e:action></rdf:li></rdf:Seq></q:History>'),
        ("history of unknown field", _MM, f'<q:History><rdf:Seq><rdf:li rdf:parseType="Resource"><e:zzz {_EVENT}>a</e:zzz></rdf:li></rdf:Seq></q:History>'),
        ("history with a bad date", _MM, f'<q:History><rdf:Seq><rdf:li rdf:parseType="Resource"><e:when {_EVENT}>then</e:when></rdf:li></rdf:Seq></q:History>'),
        ("original document", _MM, "<q:OriginalDocumentID>x</q:OriginalDocumentID>"), ("trapped", "http://ns.adobe.com/pdf/1.3/", "<q:Trapped>False</q:Trapped>"),
        ("relation in a sequence", _DC, "<q:relation><rdf:Seq><rdf:li>de</rdf:li></rdf:Seq></q:relation>"), ("empty bag", _DC, "<q:relation/>"),
        ("tiff", "http://ns.adobe.com/tiff/1.0/", "<q:Orientation>9</q:Orientation>"), ("tiff in words", "http://ns.adobe.com/tiff/1.0/", "<q:Orientation>up</q:Orientation>"),
        ("pdfuaid undescribed", "http://www.aiim.org/pdfua/ns/id/", "<q:part>1</q:part>"), ("colour mode", "http://ns.adobe.com/photoshop/1.0/", "<q:ColorMode>3</q:ColorMode>"),
        ("pdfaid rev", "http://www.aiim.org/pdfa/ns/id/", "<q:rev>2020</q:rev>"), ("pdfaid amd with another prefix", "http://www.aiim.org/pdfa/ns/id/", "<q:amd>2020</q:amd>"),
        ("pdfaid corr with another prefix", "http://www.aiim.org/pdfa/ns/id/", "<q:corr>2020</q:corr>"), ("nested", _DC, "<q:coverage><q:x>1</q:x></q:coverage>"),
        ("sizes", _XMP + "t/pg/", '<q:MaxPageSize rdf:parseType="Resource" xmlns:d="http://ns.adobe.com/xap/1.0/sType/Dimensions#"><d:w>x</d:w></q:MaxPageSize>'),
        ("qualified", _DC, '<q:coverage rdf:parseType="Resource"><rdf:value>a</rdf:value></q:coverage>'), ("twice", _DC, "<q:source>a</q:source><q:source>b</q:source>"),
    ):  # fmt: skip
        yield name, _described(namespace, body)
    for name, pattern, replacement in (
        ("part 2", rb"(part>)3", rb"\g<1>2"), ("part with blanks", rb"(part>)3", rb"\g<1> 3 "), ("level X", rb"(conformance>)[ABU]", rb"\g<1>X"),
        ("level in lower case", rb"(conformance>)[ABU]", rb"\g<1>b"), ("no pdfaid", rb"<pdfaid:(part|conformance)>.</pdfaid:\w+>", b""),
        ("pdfaid with another prefix", rb"pdfaid:|xmlns:pdfaid", lambda found: found[0].replace(b"pdfaid", b"pid")),
        ("date in German", rb"(<xmp:CreateDate>)[^<]*", rb"\g<1>20.01.2024"), ("date of a month", rb"(<xmp:CreateDate>)[^<]*", rb"\g<1>2024-01"),
        ("date empty", rb"(<xmp:CreateDate>)[^<]*", rb"\g<1>"), ("bytes", rb"<\?xpacket begin=", b'<?xpacket bytes="1" begin='),
        ("encoding", rb"<\?xpacket begin=", b'<?xpacket encoding="UTF-8" begin='), ("not well-formed", rb"</rdf:RDF>", b""),
        ("no extension schema", rb"(?s)<pdfaExtension:schemas>.*</pdfaExtension:schemas>", b""), ("schemas with another prefix", rb"pdfaExtension", b"pe"),
        ("schema with another prefix", rb"pdfaSchema", b"ps"), ("property with another prefix", rb"pdfaProperty", b"pp"), ("category", rb">external<", b">other<"),
        ("value type unknown", rb"(valueType>)Text", rb"\g<1>Blah"), ("value type a choice", rb"(valueType>)Text", rb"\g<1>closed Choice of Text"),
        ("value type bag", rb"(valueType>)Text", rb"\g<1>bag Text"), ("value type in lower case", rb"(valueType>)Text", rb"\g<1>text"),
        ("value type integer", rb"(valueType>)Text", rb"\g<1>Integer"), ("bags for sequences", rb"rdf:Seq", b"rdf:Bag"),
        ("schema with another field", rb"<pdfaSchema:prefix>", b"<pdfaSchema:foo>1</pdfaSchema:foo><pdfaSchema:prefix>"),
        ("property with another field", rb"<pdfaProperty:category>", b"<pdfaProperty:foo>1</pdfaProperty:foo><pdfaProperty:category>"),
        ("other format", rb"application/pdf", b"pdf"), ("bare RDF", rb"(?s)^.*?(<rdf:RDF.*</rdf:RDF>).*$", rb"\1"),
        *((f"no {field}", rb"(?s)<pdfa(?:Schema|Property):" + field.encode() + rb">.*?</pdfa(?:Schema|Property):" + field.encode() + b">", b"")
          for field in "schema namespaceURI prefix name valueType category description".split()),
    ):  # fmt: skip
        yield name, lambda packet, pattern=pattern, replacement=replacement: re.sub(pattern, replacement, packet)
    yield (
        "about something else",
        lambda packet: packet.replace(b"</rdf:RDF>", b'<rdf:Description rdf:about="x" xmlns:q="urn:x"/></rdf:RDF>'),
    )
    yield "UTF-16", lambda packet: packet.decode().encode("utf-16")


# -- bytes ----------------------------------------------------------------------------------------


def _bytes() -> Iterator[tuple[str, Callable[[bytes], bytes]]]:
    for name, code in (
        ("number before endobj", b"NNN 0 obj\n42 endobj"), ("string before endobj", b"NNN 0 obj\n(x) endobj"), ("dictionary before endobj", b"NNN 0 obj\n<</A 1>>endobj"),
        ("array before endobj", b"NNN 0 obj\n[1] endobj"), ("name before endobj", b"NNN 0 obj\n/X endobj"), ("real before endobj", b"NNN 0 obj\n1.5 endobj"),
        ("dictionary after obj", b"NNN 0 obj <</A 1>>\nendobj"), ("nothing after obj", b"NNN 0 obj<</A 1>>\nendobj"), ("blank after endobj", b"NNN 0 obj\n<</A 1>>\nendobj "),
        ("blank after stream", b"NNN 0 obj\n<</Length 3>>\nstream \nabc\nendstream\nendobj"), ("CR after stream", b"NNN 0 obj\n<</Length 3>>\nstream\rabc\nendstream\nendobj"),
        ("Length short", b"NNN 0 obj\n<</Length 2>>\nstream\nabc\nendstream\nendobj"), ("Length long", b"NNN 0 obj\n<</Length 4>>\nstream\nabc\nendstream\nendobj"),
        ("no end of line", b"NNN 0 obj\n<</Length 3>>\nstream\nabcendstream\nendobj"), ("blank before endstream", b"NNN 0 obj\n<</Length 3>>\nstream\nabc endstream\nendobj"),
        ("two ends of line", b"NNN 0 obj\n<</Length 3>>\nstream\nabc\n\nendstream\nendobj"), ("hex odd", b"NNN 0 obj\n<abc>\nendobj"), ("hex wrong", b"NNN 0 obj\n<abxy>\nendobj"),
        ("hex in a dictionary", b"NNN 0 obj\n<</A <abc>>>\nendobj"), ("hex with blanks", b"NNN 0 obj\n<ab c d>\nendobj"), ("hex in a string", b"NNN 0 obj\n(<abc>)\nendobj"),
        ("huge integer", b"NNN 0 obj\n<</A 99999999999999999999>>\nendobj"), ("tiny real", b"NNN 0 obj\n0." + b"0" * 40 + b"1\nendobj"), ("good", b"NNN 0 obj\n<</A 1>>\nendobj"),
    ):  # fmt: skip
        yield name, lambda base, code=code: _added(base, code)
    yield "two ends of line at the end", lambda base: base + b"\n\n"
    yield "something at the end", lambda base: base + b"x"
    yield "no end of line at the end", lambda base: base.rstrip()
    yield "blank in the header", lambda base: base.replace(b"%PDF-1.7\n", b"%PDF-1.7 \n", 1)
    yield "version 2.0", lambda base: base.replace(b"%PDF-1.7\n", b"%PDF-2.0\n", 1)
    yield "version 1.3", lambda base: base.replace(b"%PDF-1.7\n", b"%PDF-1.3\n", 1)
    yield "comment in ASCII", lambda base: base[:9] + b"%abcd" + base[14:]
    yield "blank after xref", lambda base: base.replace(b"\nxref\n", b"\nxref \n")


_TOP = re.compile(rb"(?:^|(?<=[\n\r ]))(\d+) 0 obj")


def _added(base: bytes, code: bytes) -> bytes:
    """A file with one more object, written just so, and a new cross reference table."""
    end = base.rfind(b"\nxref\n") + 1
    size = re.compile(rb"/Size (\d+)").search(base, end)
    assert size
    number = int(size[1])
    body = base[:end] + code.replace(b"NNN", b"%d" % number) + b"\n"
    trailer = base[base.find(b"trailer", end) : base.rfind(b"startxref")].replace(size[0], b"/Size %d" % (number + 1))
    offsets = {int(found[1]): found.start(1) for found in _TOP.finditer(body) if int(found[1]) <= number}
    table = b"".join(b"%010d 00000 n \n" % offsets[at] if at in offsets else b"0000000000 00001 f \n" for at in range(1, number + 1))
    return body + b"xref\n0 %d\n0000000000 65535 f \n" % (number + 1) + table + trailer + b"startxref\n%d\n%%%%EOF\n" % len(body)
