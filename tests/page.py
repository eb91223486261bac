"""A test client that checks every page it fetches: quality as a property of the client, not of discipline."""

import contextvars
import warnings
from typing import Any

import html5lib
from flask import has_app_context
from flask.testing import FlaskClient

from eventapp.extensions import db

CONTROLS = ("input", "select", "textarea")
UNLABELLED = ("hidden", "submit", "button")


class PageClient(FlaskClient):
    """Like Flask's client; every HTML answer must be well-formed, labelled, titled and self-contained."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        # a request of its own, as from a browser: nothing of the test's application context or database session leaks in
        response = contextvars.Context().run(super().open, *args, **kwargs)
        if has_app_context():
            db.session.rollback()
        if response.mimetype == "text/html" and not 300 <= response.status_code < 400 and response.data:
            faults = page_faults(response.get_data(as_text=True))
            assert faults == [], f"{response.request.path}: {faults}"
        return response

    def enter(self, link: str, code: str = "") -> Any:
        """Open a personal link and press its button; the answer is the redirect to the role's page."""
        path = link[link.index("/", 8) :] if link.startswith("http") else link
        token = csrf_of(self.get(path).get_data(as_text=True))
        return self.post(path, data={"csrf_token": token, "code": code})

    def form_post(self, page: str, path: str | None = None, **fields: Any) -> Any:
        """Fetch a page, then post the fields with its CSRF token."""
        token = csrf_of(self.get(page).get_data(as_text=True))
        return self.post(path or page, data={"csrf_token": token, **fields})


def csrf_of(html: str) -> str:
    """The CSRF token of a page, from its meta element."""
    for element in parse(html).iter():
        if element.tag == "meta" and element.get("name") == "csrf-token":
            return str(element.get("content"))
    return ""


def parse(html: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return html5lib.HTMLParser(strict=False, namespaceHTMLElements=False).parse(html)


def page_faults(html: str) -> list[str]:
    """What is wrong with a page, a few words each."""
    parser = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = parser.parse(html)
    faults = [f"html: {error[1]} at {error[0]}" for error in parser.errors]
    elements = list(tree.iter())
    by_tag: dict[str, list[Any]] = {}
    for element in elements:
        by_tag.setdefault(str(element.tag), []).append(element)
    faults += [] if tree.get("lang") in ("ja", "en") else ["no lang"]
    faults += [] if len(by_tag.get("h1", [])) == 1 else [f"{len(by_tag.get('h1', []))} h1"]
    titles = ["".join(title.itertext()).strip() for title in by_tag.get("title", []) if title.text]
    faults += [] if titles and titles[0] else ["no title"]
    ids = [element.get("id") for element in elements if element.get("id")]
    faults += [f"id {name} twice" for name in {name for name in ids if ids.count(name) > 1}]
    faults += [f"inline style on {element.tag}" for element in elements if element.get("style") is not None]
    faults += ["inline script" for script in by_tag.get("script", []) if not script.get("src") and script.get("type") != "application/json"]
    faults += [f"inline handler on {element.tag}" for element in elements if any(str(name).startswith("on") for name in element.attrib)]
    faults += ["a <style>" for _ in by_tag.get("style", [])]
    faults += form_faults(by_tag.get("form", [])) + label_faults(by_tag)
    faults += [f"{element.tag} loads {url}" for element in elements for url in [element.get("src") or ""] if "//" in url]
    faults += ["an image without alt" for image in by_tag.get("img", []) if image.get("alt") is None]
    return faults


def form_faults(forms: list[Any]) -> list[str]:
    faults = []
    for form in forms:
        if form.get("action") is None:
            faults.append("a form without action")
        tokens = [field for field in form.iter("input") if field.get("name") == "csrf_token" and field.get("value")]
        if (form.get("method") or "get").lower() == "post" and not tokens:
            faults.append("a post form without CSRF token")
    return faults


def label_faults(by_tag: dict[str, list[Any]]) -> list[str]:
    labels = by_tag.get("label", [])
    named = {label.get("for") for label in labels}
    inside = {id(control) for label in labels for tag in CONTROLS for control in label.iter(tag)}
    return [
        f"{tag} {control.get('name')} without label"
        for tag in CONTROLS
        for control in by_tag.get(tag, [])
        if control.get("type") not in UNLABELLED and id(control) not in inside and control.get("id") not in named
        and not control.get("aria-label") and not control.get("aria-labelledby")
    ]  # fmt: skip
