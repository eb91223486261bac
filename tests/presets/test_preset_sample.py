"""The demo data: the announced counts, complete answers, texts that fit, roles instead of names."""

import json
import re
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from eventapp.presets import PRESETS, Sample, load_edition, load_sample, municipalities
from eventapp.presets.sample import bodies_of, characters, faults, read_sample
from eventapp.presets.shapes import Coordinator, OfficePerson, SampleScreener, SampleSeat
from eventapp.presets.words import SHORT_EM, ems, fits_broadcast

ROLE = re.compile(
    r"東京都CIO|デジタルサービス局長|GovTech東京 理事[1-3]|[^ ]+[区市町村]CIO|職員\d+"
    r"|[^ ]+[区市町村] [^ ]+ (審査担当|取りまとめ担当)|(デジタルサービス局|GovTech東京) [^ ]+ 審査担当"
    r"|事務局(集計担当)?|審査委員長|副審査委員長|進行ディレクター|司会|配信担当|受付担当|監査担当"
)


@pytest.fixture(scope="module")
def sample() -> Sample:
    return load_sample("connect-day-2025")


def test_78_entries_of_32_bodies_and_29_finalists_of_18(sample: Sample) -> None:
    assert (len(sample.entries), len(bodies_of(sample.entries))) == (78, 32)
    assert (len(sample.finalists), len(bodies_of(sample.finalists))) == (29, 18)
    assert Counter(entry.category for entry in sample.entries) == {"service": 31, "operations": 29, "idea": 18}
    assert Counter(entry.category for entry in sample.finalists) == {"operations": 11, "idea": 8, "service": 10}


def test_entries_are_numbered_in_code_order_of_their_first_body(sample: Sample) -> None:
    for category in load_edition("connect-day-2025").categories:
        entries = [entry for entry in sample.entries if entry.category == category.code]
        assert [entry.number for entry in entries] == [f"{category.prefix}-{n:03d}" for n in range(1, len(entries) + 1)]
        assert [entry.bodies[0] for entry in entries] == sorted(entry.bodies[0] for entry in entries)


def test_the_running_order_is_that_of_the_pictures(sample: Sample) -> None:
    called = {
        (entry.category, entry.stage.position): (entry.owner, entry.stage.short)
        for entry in sample.finalists
        if entry.stage
    }
    assert called["operations", 1] == ("練馬区", "税証明の郵送請求の一括処理")
    assert called["operations", 2] == ("町田市", "庁内の問合せに答える生成AI窓口")
    assert called["operations", 3] == ("江戸川区", "窓口の手書きをなくす申請支援")
    assert called["operations", 4] == ("八王子市", "AI議事録の全庁展開")
    assert called["idea", 8] == ("墨田区", "防災備蓄を分け合う台帳")
    assert [called["service", n] for n in range(1, 11)] == [
        ("港区", "窓口案内の多言語AIチャット"),
        ("墨田区", "予約と一体の書かない窓口"),
        ("世田谷区", "子育て手続きの先回り案内"),
        ("三鷹市", "公共施設の共通予約"),
        ("府中市", "画像でわかる粗大ごみ受付"),
        ("武蔵村山市ほか2市", "子育てワンストップ申請"),
        ("福生市", "やさしい日本語の通知作成"),
        ("神津島村", "船の欠航と連動する行政手続"),
        ("国立市", "障害福祉手続きの動画案内"),
        ("青梅市", "山間部の移動窓口と電子申請の組み合わせ"),
    ]


def test_joint_entries_and_one_individual_are_among_the_finalists(sample: Sample) -> None:
    assert [entry.owner for entry in sample.finalists if len(entry.bodies) > 1] == [
        "東大和市・武蔵村山市",
        "世田谷区・三鷹市",
        "武蔵村山市ほか2市",
    ]
    (person,) = [entry for entry in sample.entries if entry.applicant == "person"]
    assert person in sample.finalists
    assert (person.owner, person.bodies) == ("個人応募(八王子市)", ("132012",))
    assert Counter(entry.applicant for entry in sample.entries) == {"body": 76, "person": 1, "team": 1}


def test_special_prizes_have_enough_finalists_and_no_idea(sample: Sample) -> None:
    tagged = [(tag, entry.category) for entry in sample.finalists for tag in entry.tags]
    assert Counter(tag for tag, _ in tagged) == {"sprint": 11, "ai": 7}
    assert {category for _, category in tagged} == {"service", "operations"}
    for entry in sample.entries:
        assert ("ai" in entry.tags) <= (entry.answers.get("ai_use") == "core"), entry.number


def test_every_entry_answers_every_required_question(sample: Sample) -> None:
    edition = load_edition("connect-day-2025")
    for entry in sample.entries:
        assert faults(edition.questions_for(entry.category), entry.answers) == [], entry.number
    assert len({str(entry.answers["summary"]) for entry in sample.entries}) == 78


def test_every_title_carries_the_mark_and_fits(sample: Sample) -> None:
    for entry in sample.entries:
        assert re.fullmatch(r"【サンプル】[^【]+", entry.title), entry.number
        assert entry.answers["title"] == entry.title
    for entry in sample.finalists:
        assert entry.stage is not None
        assert entry.stage.formal == "".join(entry.stage.broadcast) == entry.title
        assert fits_broadcast(entry.stage.broadcast), entry.number
        assert ems(entry.stage.short) <= SHORT_EM
        assert characters(entry.title) <= 40


def test_85_seats_in_five_groups_sit_in_code_order(sample: Sample) -> None:
    groups = Counter(seat.group for seat in sample.seats)
    assert groups == {"tokyo-cio": 1, "bureau-head": 1, "govtech": 3, "municipal-cio": 62, "staff": 18}
    assert [seat.label for seat in sample.seats] == [f"A-{number:02d}" for number in range(1, 86)]
    cios = [seat.bodies for seat in sample.seats if seat.group == "municipal-cio"]
    assert cios == [(place.code,) for place in municipalities()]
    by_label = {seat.label: seat.name for seat in sample.seats}
    assert (by_label["A-37"], by_label["A-78"]) == ("町田市CIO", "職員11")
    assert all(seat.bodies for seat in sample.seats if seat.group == "staff")


def test_people_are_roles_and_nothing_else(sample: Sample) -> None:
    people: list[SampleSeat | SampleScreener | Coordinator | OfficePerson] = [
        *sample.seats,
        *sample.screeners,
        *sample.coordinators,
        *sample.office,
    ]
    for person in people:
        assert ROLE.fullmatch(person.name), person.name
    assert len(sample.coordinators) == 32
    assert len(sample.screeners) >= 12
    for entry in sample.finalists:
        assert entry.stage is not None
        assert re.fullmatch(r"個人応募 発表者|[^ ]+[区市町村] [^ ]+(課|チーム)", entry.stage.presenter)


def test_own_bodies_leave_enough_screeners(sample: Sample) -> None:
    for entry in sample.entries:
        free = [screener for screener in sample.screeners if screener.body not in entry.bodies]
        assert len(free) >= 12, entry.number


Spoil = Callable[[dict[str, Any]], object]
MISFITS: list[tuple[Spoil, str]] = [
    (lambda p: p["entries"].pop(0), "There are 77 entries, 78 were announced."),
    (lambda p: p["entries"][0].update(title="題名"), "The title of entry O-001 must begin with 【サンプル】."),
    (lambda p: p["entries"][0].update(bodies=["999999"]), "Entry O-001 needs bodies that exist: ['999999']."),
    (lambda p: p["entries"][0].update(problem="長" * 401), "summary has "),
    (lambda p: p["entries"][0].update(months=["2025-04", "2025-04"]), "launched is not after conceived"),
    (lambda p: p["entries"][0].update(number="S-900"), "The number S-900 belongs to another category."),
    (lambda p: p["entries"][0].update(ai_use="maybe"), "ai_use has an unknown option"),
    (lambda p: p["entries"][0].update(products=""), "products is missing"),
    (lambda p: p["entries"][0].update(months=["2024-13", "2025-04"]), "conceived is not a month"),
    (lambda p: p["entries"][0].update(cost=[-1, 0]), "cost_initial is not a number that is allowed"),
    (lambda p: p["entries"][0].update(colour="blue"), "Entry O-001 has an unknown key: colour."),
    (lambda p: p["entries"][0].update(tags=["fast"]), "Entry O-001 carries an unknown tag."),
    (
        lambda p: p["entries"][5]["stage"].update(broadcast=["【サンプル】" + "長" * 17]),
        "The broadcast title of entry O-006 does not fit",
    ),
    (lambda p: p["entries"][5]["stage"].update(formal_ruby="{別|べつ}"), "The ruby of entry O-006 is not its title."),
    (lambda p: p["seats"].pop(), "The seats per group are"),
    (lambda p: p["seats"][5].update(bodies=["130001"]), "A person belongs to a body that does not exist."),
    (lambda p: p["office"].pop(), "Every office of the day needs a person."),
    (lambda p: p["coordinators"].pop(), "Every body needs its coordinator."),
    (lambda p: p.update(edition="another"), "belongs to another edition."),
]


@pytest.mark.parametrize(("spoil", "sentence"), MISFITS, ids=[sentence for _, sentence in MISFITS])
def test_a_misfit_is_refused_with_a_sentence(tmp_path: Path, spoil: Spoil, sentence: str) -> None:
    path = Path(shutil.copy(PRESETS / "connect-day-2025" / "sample.json", tmp_path))
    content = json.loads(path.read_text(encoding="utf-8"))
    spoil(content)
    path.write_text(json.dumps(content), encoding="utf-8")
    places = {place.code: place for place in municipalities()}
    with pytest.raises(ValueError, match=".") as refused:
        read_sample(path, load_edition("connect-day-2025"), places)
    assert sentence in str(refused.value)
