"""The public lot: a nonce promised by its hash, words from the hall, and the seed that the two make together.

Nobody can choose the seed: the nonce is fixed before the words are said, and the words are said before the nonce is opened.
The seed is what tally/1, section 5.5 takes for the step `lot`; every hash here is what `sha256sum` prints.
"""

import unicodedata
from hashlib import sha256

from eventapp.rules.refusal import Refusal

MOST_WORDS = 200


def commitment(nonce: str) -> str:
    """The promise of a nonce: its SHA-256 in hex. `printf '%s' NONCE | sha256sum`"""
    return sha256(nonce.encode()).hexdigest()


def spoken(text: str) -> str:
    """The hall's words as they enter the seed: full-width digits and letters made plain, one space between words.

    Refuses `lot.wordless` for nothing, for more than 200 characters and for what cannot be printed.
    """
    words = " ".join(unicodedata.normalize("NFKC", text).split())
    if not words or len(words) > MOST_WORDS or not words.isprintable():
        raise Refusal("lot.wordless", most=MOST_WORDS)
    return words


def seed(nonce: str, words: str) -> str:
    """The seed of nonce and words, 64 hex digits. `printf '%s\\n%s' NONCE WORDS | sha256sum`"""
    return sha256(f"{nonce}\n{words}".encode()).hexdigest()
