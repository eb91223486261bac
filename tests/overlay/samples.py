"""Sections of the overlay document as the other slices make them, fixed, and what the projection makes of them."""

from typing import Any

from eventapp.presets import municipalities

SAMPLE = "【サンプル】"
NOMINEES = (
    ("S-002", ["港区"], "窓口案内の多言語AIチャット"),
    ("S-005", ["墨田区"], "予約と一体の書かない窓口"),
    ("S-007", ["世田谷区"], "子育て手続きの先回り案内"),
    ("S-010", ["三鷹市"], "公共施設の共通予約"),
    ("S-012", ["府中市"], "画像でわかる粗大ごみ受付"),
    ("S-025", ["武蔵村山市", "東大和市", "東村山市"], "子育てワンストップ申請"),
    ("S-022", ["福生市"], "やさしい日本語の通知作成"),
    ("S-029", ["神津島村"], "船の欠航と連動する行政手続"),
    ("S-020", ["国立市"], "障害福祉手続きの動画案内"),
    ("S-011", ["青梅市"], "山間部の移動窓口と電子申請の組み合わせ"),
)
PRIZES = {
    "grand-service": ("大賞", ["大賞"], "grand", "行政サービス部門"),
    "excellence-service": ("優秀賞", ["優秀賞"], "excellence", "行政サービス部門"),
    "dx-sprint": ("DXスプリント賞", ["DX", "スプリント賞"], "special", "行政サービス部門・業務改善部門"),
    "ai-innovation": ("AIイノベーション賞", ["AI", "イノベーション賞"], "special", "行政サービス部門・業務改善部門"),
}
TITLES = {
    "S-029": [f"{SAMPLE}定期船の欠航と連動して", "申請期限と窓口予約を自動で延ばす行政手続"],
    "S-022": [f"{SAMPLE}窓口職員と住民が一緒に整える", "「やさしい日本語」通知文の自動作成"],
    "S-025": [f"{SAMPLE}出生から就学までの手続きを", "一つの画面にまとめた子育てワンストップ申請"],
    "O-025": [f"{SAMPLE}2市で同じ手順書を使う", "窓口業務の共同見直し"],
}
OWNERS = {
    "S-029": ("神津島村", ["神津島村"]), "S-022": ("福生市", ["福生市"]),
    "S-025": ("武蔵村山市ほか2市", ["武蔵村山市", "東大和市", "東村山市"]),
    "O-025": ("東大和市・武蔵村山市", ["東大和市", "武蔵村山市"]),
}  # fmt: skip
PLACES = {place.name: place for place in municipalities()}


def entry(number: str, names: list[str], short: str, **changes: Any) -> dict[str, Any]:
    """A finalist as the sections write it."""
    bodies = [{"code": PLACES[name].code, "name": name, "kana": PLACES[name].kana, "name_en": ""} for name in names]
    title = TITLES.get(number, [SAMPLE + short])
    facts = {"number": number, "title": "".join(title), "short_title": short, "broadcast_title": title, "owner": "・".join(names)}
    return {**facts, "bodies": bodies, **changes}


def winner(number: str) -> dict[str, Any]:
    owner, names = OWNERS[number]
    return entry(number, names, TITLES[number][-1][:20], owner=owner)


def facts() -> dict[str, Any]:
    places = list(municipalities())
    return {
        "sample": True,
        "bodies": {place.code: {"name": place.name, "kana": place.kana, "tile": list(place.tile)} for place in places},
        "map": [list(place.tile) for place in places],
    }


def now_next(codes: tuple[str, ...] = ("132233", "132209", "132136"), **changes: Any) -> dict[str, Any]:
    """An entry on stage; changes go into the entry."""
    spoken = {
        "number": "S-025", "category_name": "行政サービス部門", "owner": "武蔵村山市ほか2市", "bodies": [{"code": code} for code in codes],
        "broadcast_title": TITLES["S-025"], **changes,
    }  # fmt: skip
    now = {"slot": "award-service-6", "kind": "entry", "position": 6, "of": 10, "started_at": "2025-12-24T06:30:00.000Z", "entry": spoken}
    return {"now": now, "standby": None, "next": None, "then": []}


def timer(**changes: Any) -> dict[str, Any]:
    return {
        "slot": "award-service-6", "started_at": "2025-12-24T06:30:00.000Z", "duration_ms": 300_000, "added_ms": 0,
        "paused_at": "2025-12-24T06:32:14.000Z", "paused_ms": 0, "warn_s": 60, "danger_s": 0, **changes,
    }  # fmt: skip


def poll(confirmed: int = 41, eligible: int = 85, state: str = "open") -> dict[str, Any]:
    return {"contest": "service", "name": "行政サービス部門", "state": state, "confirmed": confirmed, "eligible": eligible}


def reveal(step: str, prize: str = "grand-service", winners: tuple[str, ...] = ("S-029",), n: int = 7) -> dict[str, Any]:
    """The section as the awards slice makes it: nominees from their step on, winners at their own step and nowhere else."""
    name, lines, group, category = PRIZES[prize]
    facts = {"code": prize, "name": name, "lines": lines, "group": group, "category": category, "unit": "取組"}
    told: dict[str, Any] = {"n": n, "of": 8, "step": step, "held": step == "hold", "prize": facts, "revealed": []}
    if step != "category":
        told["nominees"] = [entry(number, names, short) for number, names, short in NOMINEES]
    if step == "winner":
        shown = [winner(number) for number in winners]
        told |= {"winner": shown[0] if shown else None, "winners": shown}
    return told
