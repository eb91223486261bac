"""The papers as they leave the printer: PDF pages turned into images, and nothing that runs out of its sheet."""

from collections.abc import Iterator
from typing import Any

import pypdfium2
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser.watch import Visitors
from tests.serving import demo_server, every_link

pytestmark = pytest.mark.browser
A4, A3 = (595, 842), (842, 1191)
NAVY, GOLD, PAPER = (0, 0, 96), (183, 143, 0), (255, 254, 251)

OUT_OF_SHEET = """() => [...document.querySelectorAll('.certificate__text')].filter((text) => {
  const box = text.getBoundingClientRect();
  return [...text.children].some((part) => [...part.getClientRects()].some((one) =>
    one.left < box.left - 1 || one.right > box.right + 1 || one.bottom > box.bottom + 1));
}).map((text) => text.closest('section').getAttribute('aria-label'))"""


@pytest.fixture(scope="module")
def office(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The secretariat's browser in the evening, everything sealed and revealed."""
    data = tmp_path_factory.mktemp("evening") / "data"
    with demo_server(data, "--at", "results") as url:
        visitors = Visitors(browser, url)
        yield visitors.enter(every_link(data)["secretariat"], width=1440, height=900)
        visitors.close()


def printed(page: Page, path: str) -> list[Image.Image]:
    """The pages that a printer would get, at 72 dots an inch: their sizes are those of the paper in points."""
    page.goto(path)
    page.evaluate("document.fonts.ready")
    document = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True, print_background=True))
    found = [document[number].render(scale=1).to_pil().convert("RGB") for number in range(len(document))]
    document.close()
    return found


def size_of(sheets: list[Image.Image]) -> tuple[int, int]:
    """The one size that all pages have, within a point."""
    assert len({(round(sheet.width / 4), round(sheet.height / 4)) for sheet in sheets}) == 1
    return sheets[0].size


def is_about(size: tuple[int, int], paper: tuple[int, int]) -> bool:
    return all(abs(one - other) <= 1 for one, other in zip(size, paper, strict=True))


def near(seen: Any, wanted: tuple[int, int, int]) -> bool:
    return all(abs(one - other) < 40 for one, other in zip(seen, wanted, strict=True))


def point(mm: float) -> int:
    return round(mm * 72 / 25.4)


def test_every_finalist_has_a_proof_on_one_a4_page(office: Page) -> None:
    sheets = printed(office, "/desk/prints/proofs?ruby=1")

    assert len(sheets) == 29
    assert is_about(size_of(sheets), A4)
    image = sheets[0]
    seen = [image.getpixel((point(14 + step * 182 / 13), point(283))) for step in range(14)]
    assert sum(near(one, NAVY) or near(one, GOLD) for one in seen) == 14
    assert near(image.getpixel((point(100), point(8))), PAPER)
    assert office.evaluate(OUT_OF_SHEET) == []


def test_certificates_in_a3_are_the_same_enlarged(office: Page) -> None:
    sheets = printed(office, "/desk/prints/proofs?paper=a3")

    assert is_about(size_of(sheets), A3)
    assert len(sheets) == 29
    assert near(sheets[0].getpixel((round(point(14) * 1.414), round(point(283) * 1.414))), NAVY)


@pytest.mark.parametrize("path", ["/desk/prints/awarded", "/desk/prints/press", "/papers/results"])
def test_the_lists_keep_within_the_margins_of_a4(office: Page, path: str) -> None:
    sheets = printed(office, path)

    assert is_about(size_of(sheets), A4)
    for sheet in sheets:
        image = sheet.convert("L")
        ink = image.point(lambda value: 255 if value < 200 else 0).getbbox()
        assert ink is None or (ink[0] >= point(14) and ink[2] <= point(210 - 14))
    assert sheets[0].convert("L").point(lambda value: 255 if value < 200 else 0).getbbox() is not None
