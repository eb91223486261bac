import hashlib

import pytest

from eventapp.rules.canonical import canonical, canonical_json, digest
from tests.rules.sentences import sentence
from tests.rules.tally_case import chosen, graded, run

TIED = 'method = "choice"\nchoices = 2\nties = ["head-to-head"]'


@sentence("6l")
def test_canonical_json_sorts_keys_and_ends_in_one_lf() -> None:
    assert canonical_json({"b": [1, None, True], "a": {"鍵": "大賞\n", "A": "é"}}) == (
        '{"a":{"A":"é","鍵":"大賞\\n"},"b":[1,null,true]}\n'.encode()
    )


def test_canonical_json_refuses_what_json_cannot_say() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json({"a": float("nan")})


@sentence("6a", "6l")
def test_canonical_of_a_result_whole() -> None:
    result = run(TIED, chosen(j1="S1 S2", j2=""), entries=["S1,k,,,", "S2,k,,,", "S3,k,,,yes"])
    assert canonical(result) == (
        b'{"contests":[{"counted":1,"id":"c","invalid":[],"late":[],"present":2,"standing":'
        b'[{"entry":"S1","marks":1,"rank":1,"score":"1"},{"entry":"S2","marks":1,"rank":1,"score":"1"}],'
        b'"status":"ok","struck":[],"unranked":[]}],"format":"tally/1","prizes":[{"id":"p","needs":null,'
        b'"passed_over":[],"status":"tied","tie":{"decided_by":null,"entries":["S1","S2"],"seats":1,"steps":'
        b'[{"keys":{"S1":"0","S2":"0"},"step":"head-to-head"}]},"winners":[]}]}\n'
    )


@sentence("6j", "6k")
def test_canonical_leaves_out_whatever_was_added_anywhere() -> None:
    result = run(TIED, chosen(j1="S1 S2", j2="S3"), entries=["S1,k,,,", "S2,k,,,", "S3,k,,,yes"])
    plain = canonical(result)
    [contest], [prize] = result["contests"], result["prizes"]
    for part in (
        result,
        contest,
        contest["struck"][0],
        contest["standing"][0],
        prize,
        prize["tie"],
        prize["tie"]["steps"][0],
    ):
        part["more"] = 1.5
    prize["explain"] = {}
    assert canonical(result) == plain


@sentence("6f", "6l")
def test_canonical_keeps_what_grade_rows_add() -> None:
    result = run('method = "grade"\ngrades = ["良", "優"]', graded(j1={"S1": "優"}))
    assert '"above":"0","below":"0","entry":"S1","grade":"優"'.encode() in canonical(result)


def test_digest_is_the_sha_256_of_the_canonical_form() -> None:
    result = run(TIED, chosen(j1="S1"))
    assert digest(result) == hashlib.sha256(canonical(result)).hexdigest()
