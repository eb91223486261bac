"""Signed links and short codes, derived from the installation's secret: they can be printed again, and the database holds none."""

import hashlib
import hmac
import re
import unicodedata

from flask import current_app
from sqlalchemy import select

from eventapp.extensions import db
from eventapp.models import Edition, Link

ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # without 0 O 1 I L
_TOKEN = re.compile(r"([0-9]{1,9})-([A-Z2-9]{26})", re.ASCII)


def _derive(purpose: str, length: int) -> str:
    """`length` letters of ALPHABET from HMAC-SHA-256 under the installation's secret."""
    secret: bytes = current_app.config["EVENTAPP_SECRET"]
    number = int.from_bytes(hmac.digest(secret, purpose.encode(), hashlib.sha256), "big")
    letters = []
    for _ in range(length):
        number, index = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[index])
    return "".join(letters)


def secret_hex(purpose: str) -> str:
    """64 hex digits that only this installation's secret gives for the purpose."""
    secret: bytes = current_app.config["EVENTAPP_SECRET"]
    return hmac.digest(secret, purpose.encode(), hashlib.sha256).hex()


def token_of(link: Link) -> str:
    """The token in a link's address, about 128 bits; dies when the link's generation is raised."""
    return f"{link.id}-{_derive(f'link/{link.id}/{link.generation}', 26)}"


def code_of(link: Link) -> str:
    """The short code on a seat card, about 40 bits: XXXX-XXXX."""
    code = _derive(f"code/{link.id}/{link.generation}", 8)
    return f"{code[:4]}-{code[4:]}"


def plain_code(code: str) -> str:
    """A typed code without what does not matter in it."""
    return re.sub(r"[\s\-‐−ー]", "", unicodedata.normalize("NFKC", code)).upper()


def code_hash(code: str) -> str:
    """How a code is looked up; full-width letters, case, spaces and hyphens do not matter."""
    return _derive(f"code-hash/{plain_code(code)}", 26)


def link_of(token: str, edition: Edition) -> Link | None:
    """The living link that a token opens in the edition, or None: forged, re-issued, revoked and foreign ones look alike."""
    match = _TOKEN.fullmatch(token)
    link = db.session.get(Link, int(match[1])) if match else None
    if link is None or link.revoked_at is not None or link.edition_id != edition.id:
        return None
    return link if hmac.compare_digest(token_of(link), token) else None


def link_by_code(code: str, edition: Edition) -> Link | None:
    query = select(Link).where(Link.edition_id == edition.id, Link.code_hash == code_hash(code), Link.revoked_at.is_(None))
    return db.session.scalars(query).first()
