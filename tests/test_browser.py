"""The web pages in a real browser: they open, search, jump, print, work by keyboard, fetch nothing, and axe finds no barrier."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import einvoice
from einvoice.batch import pages
from einvoice.batch.run import run
from einvoice.batch.work import Judge
from einvoice.report.html import to_html
from tests.conftest import absent
from tools.chromium import chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

WRONG = Path("fixtures/broken/wrong-vat-amount-ubl.xml")
HOSTILE = '"><img src=x onerror="window.pwned=1"><script>window.pwned=1</script>'


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        absent("playwright is not installed")
    program = chromium()
    if program is None:
        absent("there is no Chromium here")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page that must ask nobody for anything, and on which no script may fail."""
    context = browser.new_context()
    opened = context.new_page()
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("pageerror", lambda error: asked.append(f"error: {error}"))
    yield opened
    assert [url for url in asked if not url.startswith("file:")] == []
    context.close()


def barriers(page: Any) -> list[str]:
    """What axe-core objects to, with the element."""
    page.evaluate(_axe())
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [f"{one['id']}: {node['html'][:120]}" for one in found["violations"] for node in one["nodes"]]


@cache
def _axe() -> str:
    return next(p for p in files("axe_playwright_python").iterdir() if p.name == "axe.min.js").read_text("utf-8")


def shown(page: Any, html: str, folder: Path) -> Any:
    file = folder / "page.html"
    file.write_text(html, "utf-8")
    page.goto(file.as_uri())
    return page


def report_page(language: str = "en", source: bytes | None = None) -> str:
    data = WRONG.read_bytes() if source is None else source
    return to_html(einvoice.validate(data, language=language), data, language=language)  # type: ignore[arg-type]


def html_pages(folder: Path) -> dict[str, str]:
    from einvoice.batch.inputs import items
    from einvoice.batch.local import Local

    summary = run(items(["fixtures"]), Judge(), Local(1), folder)
    return {
        "report": report_page(),
        "German report": report_page("de"),
        "valid report": report_page(source=Path("fixtures/b2b-ubl.xml").read_bytes()),
        "invoice": einvoice.render("fixtures/attachment-cii.xml").decode(),
        "French invoice": einvoice.render("fixtures/b2b-ubl.xml", language="fr").decode(),
        "summary": pages.to_html(summary),
    }


def test_axe_finds_no_barrier_in_light_dark_and_on_a_phone(browser: Any, tmp_path: Path) -> None:
    found = {}
    for name, html in html_pages(tmp_path / "batch").items():
        for scheme, width in (("light", 1280), ("dark", 1280), ("light", 390)):
            context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 844})
            opened = shown(context.new_page(), html, tmp_path)
            found[name, scheme, width] = barriers(opened)
            assert opened.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (name, width)
            context.close()
    assert {key: value for key, value in found.items() if value} == {}
    assert len(found) == 18


def test_search_and_filter(page: Any, tmp_path: Path) -> None:
    shown(page, report_page(), tmp_path)
    groups = page.locator(".group")
    every = groups.count()
    assert every > 2
    page.fill("#filter", "BR-CO-17")
    assert page.locator(".group:visible").count() == 1
    assert page.inner_text("#shown").startswith(f"1 / {every}")
    page.fill("#filter", "")
    page.uncheck(".kind[value=error]")
    assert page.locator(".group:visible").count() == page.locator(".group:not(.error)").count() < every


def test_jump_to_the_source_and_back(page: Any, tmp_path: Path) -> None:
    shown(page, report_page(), tmp_path)
    link = page.locator(".place a").first
    line = link.inner_text().removeprefix("line ")
    link.click()
    row = page.locator(f"#l{line}")
    assert row.is_visible()
    assert page.evaluate(f"document.querySelector('#l{line}').matches(':target')")
    row.locator("a").click()
    assert re.search(r"#f\d+$", page.url)


def test_everything_can_be_reached_by_keyboard(page: Any, tmp_path: Path) -> None:
    shown(page, report_page(), tmp_path)
    reached = []
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate("document.activeElement.id || document.activeElement.className || document.activeElement.getAttribute('href')")
        )
    assert reached[0] == "skip"
    assert "filter" in reached
    assert any(str(one).startswith("#l") for one in reached)
    assert "source" in reached


def test_it_prints(page: Any, tmp_path: Path) -> None:
    import pikepdf

    shown(page, report_page(), tmp_path)
    page.pdf(path=tmp_path / "printed.pdf", format="A4")
    with pikepdf.open(tmp_path / "printed.pdf") as printed:
        assert 1 <= len(printed.pages) <= 12


def test_what_a_document_says_is_never_run(page: Any, tmp_path: Path) -> None:
    from xml.sax.saxutils import escape

    text = WRONG.read_text("utf-8").replace("R-2026-0117", escape(HOSTILE))
    for html in (report_page(source=text.encode()), einvoice.render(text.encode()).decode()):
        shown(page, html, tmp_path)
        assert "onerror" in page.content()
        assert page.evaluate("window.pwned === undefined")


def test_ten_thousand_findings_are_all_there(page: Any, tmp_path: Path) -> None:
    line = re.search(r"\s*<cac:InvoiceLine>.*?</cac:InvoiceLine>", WRONG.read_text("utf-8"), re.DOTALL)
    assert line is not None
    many = WRONG.read_text("utf-8").replace(line[0], re.sub(r'unitCode="[^"]*"', 'unitCode="ZZZZ"', line[0]) * 10_000, 1)
    report = einvoice.validate(many.encode())
    assert len(report.findings) > 10_000
    shown(page, to_html(report, many.encode()), tmp_path)
    page.fill("#filter", "BR-CL-23")
    assert page.locator(".group:visible").count() == 1
