"""The evidence of a sealed result: one zip that its holder recounts offline, with the salts that open the journal's commitments.

It holds ballots, so it is for the auditor and the sealers. Everybody gets the revealed result and the list of receipts, no zip: the
canonical result names the judges whose marks were struck.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import select

from eventapp import journal
from eventapp.awards.queries import FILES, sealed, sha256
from eventapp.extensions import db
from eventapp.models import BallotVersion, Edition, Poll, Seat
from eventapp.rules.ballot import instant_text
from eventapp.rules.refusal import Refusal

RESULT, VERSIONS, JOURNAL, SUMS = "result.json", "versions.jsonl", "journal.jsonl", "SHA256SUMS"
NAMES = (*FILES, RESULT, VERSIONS, JOURNAL, SUMS)
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can say: equal contents give equal bytes


# --- made ------------------------------------------------------------------------------------------------------------------


def bundle(edition: Edition) -> bytes:
    """The zip of a sealed result: the counted files, canonical result, journal, sums. Equal state, equal bytes.

    Refuses `result.unsealed`.
    """
    seal = sealed(edition)
    if seal is None:
        raise Refusal("result.unsealed")
    contents = {name: str(seal.files[name]).encode() for name in FILES}
    contents[RESULT] = seal.canonical.encode()
    contents[VERSIONS] = as_lines(versions(edition))
    contents[JOURNAL] = as_lines(journal.lines(edition))
    return packed(contents | {SUMS: sums(contents)})


def versions(edition: Edition) -> Iterator[Mapping[str, object]]:
    """Every accepted version of a ballot, oldest first, with what its commitment in the journal is made of."""
    query = (
        select(BallotVersion, Poll.contest, Seat.label)
        .join(Poll, Poll.id == BallotVersion.poll_id)
        .join(Seat, Seat.id == BallotVersion.seat_id)
        .where(Poll.edition_id == edition.id)
        .order_by(BallotVersion.id)
    )
    for one, contest, seat in db.session.execute(query):
        yield {
            "seq": one.id, "contest": contest, "seat": seat, "entry": one.unit, "body": one.body, "salt": one.salt, "receipt": one.receipt,
            "delayed": one.delayed, "saved_at": instant_text(one.saved_at), "received_at": instant_text(one.received_at),
        }  # fmt: skip


def as_lines(rows: Iterable[Mapping[str, object]]) -> bytes:
    """Canonical JSON, a line each."""
    return "".join(f"{journal.canonical(row)}\n" for row in rows).encode()


def sums(contents: Mapping[str, bytes]) -> bytes:
    """The lines that `sha256sum --check` reads."""
    return "".join(f"{sha256(contents[name])}  {name}\n" for name in sorted(contents)).encode()


def packed(contents: Mapping[str, bytes]) -> bytes:
    """A zip with these files in order of their names, stored, with a fixed date."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(contents):
            info = zipfile.ZipInfo(name, EPOCH)
            info.external_attr = 0o644 << 16
            archive.writestr(info, contents[name])
    return out.getvalue()
