"""A document while it is drawn: measures from the top left in points, every mark tagged or an artifact."""

from __future__ import annotations

import io
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from einvoice.pdf.drawing.structure import Element, Mark

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from PIL.Image import Image

    from einvoice.pdf.drawing.faces import Face, Faces

MM = 72 / 25.4
WIDTH, HEIGHT = A4
Colour = tuple[float, float, float]
Align = Literal["left", "right", "centre"]
BLACK: Colour = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Style:
    """How a text looks."""

    size: float = 9.0
    face: Face = "regular"
    colour: Colour = BLACK

    @property
    def leading(self) -> float:
        """From one line to the next."""
        return self.size * 1.3


class Sheet:
    """Pages that are drawn one after the other."""

    def __init__(self, faces: Faces) -> None:
        self.faces = faces
        self.document = Element("Document")
        self._bytes = io.BytesIO()
        first = next(iter(faces.runs("x", "regular")))[0]
        # no compression: qpdf does it once for all
        self._canvas = Canvas(self._bytes, pagesize=A4, invariant=1, pageCompression=0, initialFontName=first, initialFontSize=9)  # type: ignore[arg-type]
        self._page = 0
        self._mark = 0

    def next_page(self) -> None:
        """End this page."""
        self._canvas.showPage()
        self._page += 1
        self._mark = 0

    def finish(self) -> bytes:
        """The pages as a PDF that is no PDF/A yet."""
        self._canvas.save()
        return self._bytes.getvalue()

    @contextmanager
    def _marked(self, element: Element | None) -> Iterator[None]:
        """Marked content of an element; without one an artifact. reportlab has no operator for it."""
        code = self._canvas._code  # type: ignore[attr-defined]
        if element is None:
            code.append("/Artifact BMC")
        else:
            code.append(f"/{element.kind} <</MCID {self._mark}>> BDC")
            element.kids.append(Mark(self._page, self._mark))
            self._mark += 1
        yield
        code.append("EMC")

    def text(self, x: float, y: float, text: str, style: Style, *, element: Element | None = None, align: Align = "left") -> None:
        """One line of text with its base line at y."""
        runs = list(self.faces.runs(text, style.face))
        if not runs:
            return
        if align != "left":
            width = self.faces.width(text, style.face, style.size)
            x -= width if align == "right" else width / 2
        with self._marked(element):
            canvas = self._canvas
            canvas.setFillColorRGB(*style.colour)
            line = canvas.beginText(x, HEIGHT - y)
            for font, part in runs:
                line.setFont(font, style.size)
                line.textOut(part)
            canvas.drawText(line)

    def rule(self, x: float, y: float, width: float, *, colour: Colour = BLACK, weight: float = 0.5) -> None:
        """A horizontal line."""
        with self._marked(None):
            self._canvas.setStrokeColorRGB(*colour)
            self._canvas.setLineWidth(weight)
            self._canvas.line(x, HEIGHT - y, x + width, HEIGHT - y)

    def box(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        """A filled rectangle; x and y are its top left corner."""
        with self._marked(None):
            self._canvas.setFillColorRGB(*colour)
            self._canvas.rect(x, HEIGHT - y - height, width, height, stroke=0, fill=1)

    def squares(self, x: float, y: float, size: float, rows: Sequence[Sequence[int]], *, element: Element | None = None) -> None:
        """A matrix of black squares, as a QR code is."""
        side = size / len(rows)
        with self._marked(element):
            self._canvas.setFillColorRGB(*BLACK)
            path = self._canvas.beginPath()
            for down, row in enumerate(rows):
                for across, dark in enumerate(row):
                    if dark:
                        path.rect(x + across * side, HEIGHT - y - (down + 1) * side, side, side)
            self._canvas.drawPath(path, stroke=0, fill=1)

    def image(self, x: float, y: float, width: float, height: float, image: Image, *, element: Element | None = None) -> None:
        """An image in RGB, with or without alpha; x and y are its top left corner."""
        with self._marked(element):
            self._canvas.drawImage(ImageReader(image), x, HEIGHT - y - height, width, height, mask="auto")
