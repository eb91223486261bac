"""The pages of the papers: each prints by itself; what knows a winner before the reveal lies behind the ceremony pack's gate."""

from io import BytesIO

from flask import Blueprint, Response, render_template, request, send_file
from werkzeug.wrappers import Response as AnyResponse

from eventapp import excel
from eventapp.access import Actor, Role, access
from eventapp.awards import queries as awards
from eventapp.awards.sealers import queries as room
from eventapp.ceremony.operations import open_pack
from eventapp.ceremony.queries import NAMEABLE
from eventapp.papers import queries
from eventapp.rules.refusal import Refusal

blueprint = Blueprint("papers", __name__)

PRESS = {"団体コード": 14, "団体": 22, "ふりがな": 26, "賞": 20, "部門": 18, "題名": 50, "短題": 28, "講評": 50}


def asked() -> tuple[str, bool]:
    """The paper's size and whether readings stand beside the kanji, from the address or the form."""
    paper = request.values.get("paper", "a4")
    return (paper if paper in queries.PAPERS else "a4"), request.values.get("ruby") == "1"


def sheets(found: list[queries.Certificate], title: str, *, proof: bool = False) -> str:
    paper, ruby = asked()
    return render_template("papers/certificates.html", certificates=found, paper=paper, ruby=ruby, heading=title, proof=proof)


@blueprint.get("/desk/prints")
@access(Role.SECRETARIAT)
def index(actor: Actor) -> str:
    """What can be printed now, and what will be."""
    edition = actor.edition
    return render_template(
        "papers/index.html", revealed=awards.revealed(edition), order=awards.reveal_order(edition), complete=queries.is_complete(edition),
        sealed=awards.sealed(edition) is not None, sealer=awards.is_sealer(actor),
        finalists=[entry for entry in awards.finalists(edition) if entry.state != "withdrawn"],
    )  # fmt: skip


@blueprint.get("/desk/prints/proofs")
@access(Role.SECRETARIAT)
def proofs(actor: Actor) -> str:
    """Every finalist's certificate as a proof; `only` prints one."""
    return sheets(queries.proofs(actor.edition, only=request.args.get("only", ""), ruby=asked()[1]), "賞状の校正刷り", proof=True)


@blueprint.get("/desk/prints/certificates")
@access(Role.SECRETARIAT)
def certificates(actor: Actor) -> str:
    """The certificates of the prizes made known so far."""
    return sheets(queries.revealed_certificates(actor.edition, ruby=asked()[1]), "賞状")


@blueprint.post("/papers/certificates")
@access(*NAMEABLE)
def open_certificates(actor: Actor) -> Response:
    """All certificates before the reveal, for a named person of the pack: the answer itself, journalled as an opening."""
    seal = open_pack(actor, document="certificates")
    response = Response(sheets(queries.sealed_certificates(actor.edition, seal, ruby=asked()[1]), "賞状"))
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/desk/prints/awarded")
@access(Role.SECRETARIAT)
def awarded(actor: Actor) -> str:
    """表彰者一覧 with the comments, as far as the prizes are made known."""
    return render_template("papers/awarded.html", prizes=queries.awarded(actor.edition), complete=queries.is_complete(actor.edition))


@blueprint.get("/desk/prints/press")
@access(Role.SECRETARIAT)
def press(actor: Actor) -> str:
    """The table for the press in the official order of codes, as far as the prizes are made known."""
    return render_template("papers/press.html", lines=queries.press(actor.edition), complete=queries.is_complete(actor.edition))


@blueprint.get("/desk/prints/press.xlsx")
@access(Role.SECRETARIAT)
def press_excel(actor: Actor) -> AnyResponse:
    rows = [
        [" ".join(line["codes"]), line["bodies"], line["reading"], line["prize"], line["category"], line["title"], line["short_title"],
         line["comment"]]
        for line in queries.press(actor.edition)
    ]  # fmt: skip
    data = excel.write("受賞一覧", PRESS, rows)
    return send_file(BytesIO(data), mimetype=excel.MIME, as_attachment=True, download_name=f"受賞一覧_{actor.edition.slug}.xlsx")


@blueprint.get("/papers/results")
@access(*awards.SEALING)
def results(actor: Actor) -> Response:
    """投票結果一覧 for the internal approval: the sealed result with counts, reasons, hash and places to sign; sealers only."""
    if not awards.is_sealer(actor):
        raise Refusal("result.reserved")
    seal = awards.sealed(actor.edition)
    if seal is None:
        raise Refusal("result.unsealed")
    found = queries.sealed_result(seal)
    entries = {entry.number: entry for entry in awards.finalists(actor.edition)}
    response = Response(render_template(
        "papers/results.html", seal=seal, found=found, awards=room.awards(actor.edition, found), contests=room.contest_facts(actor.edition),
        entries=entries, prizes={code: awards.prize_facts(actor.edition, code) for code in awards.prize_codes(actor.edition)},
    ))  # fmt: skip
    response.headers["Cache-Control"] = "no-store"
    return response
