"""Sections of the overlay document as the other slices make them, fixed, and what the projection makes of them."""

from typing import Any

from eventapp.presets import municipalities

SAMPLE = "【サンプル】"
UNITS = {"行政サービス部門": "取組", "業務改善部門": "取組", "DXアイデア部門": "提案"}
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
    "grand-service": ("大賞", ["大賞"], "行政サービス部門"),
    "excellence-service": ("優秀賞", ["優秀賞"], "行政サービス部門"),
    "dx-sprint": ("DXスプリント賞", ["DX", "スプリント賞"], None),
    "ai-innovation": ("AIイノベーション賞", ["AI", "イノベーション賞"], None),
}
WINNERS: dict[str, dict[str, Any]] = {
    "S-029": {
        "body_names": ["神津島村"], "body_kana": ["こうづしまむら"], "codes": ["133647"],
        "title_lines": [f"{SAMPLE}定期船の欠航と連動して", "申請期限と窓口予約を自動で延ばす行政手続"],
    },
    "S-022": {
        "body_names": ["福生市"], "body_kana": ["ふっさし"], "codes": ["132187"],
        "title_lines": [f"{SAMPLE}窓口職員と住民が一緒に整える", "「やさしい日本語」通知文の自動作成"],
    },
    "S-025": {
        "body_names": ["武蔵村山市", "東大和市", "東村山市"], "body_kana": ["むさしむらやまし", "ひがしやまとし", "ひがしむらやまし"],
        "codes": ["132233", "132209", "132136"],
        "title_lines": [f"{SAMPLE}出生から就学までの手続きを", "一つの画面にまとめた子育てワンストップ申請"],
    },
    "O-025": {
        "body_names": ["東大和市", "武蔵村山市"], "body_kana": ["ひがしやまとし", "むさしむらやまし"], "codes": ["132209", "132233"],
        "title_lines": [f"{SAMPLE}2市で同じ手順書を使う", "窓口業務の共同見直し"],
    },
}  # fmt: skip


def facts() -> dict[str, Any]:
    places = list(municipalities())
    return {
        "sample": True,
        "bodies": {place.code: {"name": place.name, "kana": place.kana, "tile": list(place.tile)} for place in places},
        "map": [list(place.tile) for place in places],
        "levels": {"grand-service": "grand", "excellence-service": "excellence", "dx-sprint": "special", "ai-innovation": "special"},
        "units": UNITS,
    }


def now_next(codes: tuple[str, ...] = ("132233", "132209", "132136"), **changes: Any) -> dict[str, Any]:
    """An entry on stage; changes go into the entry."""
    entry = {
        "number": "S-025", "category_name": "行政サービス部門", "owner": "武蔵村山市ほか2市", "bodies": [{"code": code} for code in codes],
        "broadcast_title": WINNERS["S-025"]["title_lines"], **changes,
    }  # fmt: skip
    now = {"slot": "award-service-6", "kind": "entry", "position": 6, "of": 10, "started_at": "2025-12-24T06:30:00.000Z", "entry": entry}
    return {"now": now, "standby": None, "next": None, "then": []}


def timer(**changes: Any) -> dict[str, Any]:
    return {
        "slot": "award-service-6", "started_at": "2025-12-24T06:30:00.000Z", "duration_ms": 300_000, "added_ms": 0,
        "paused_at": "2025-12-24T06:32:14.000Z", "paused_ms": 0, "warn_s": 60, "danger_s": 0, **changes,
    }  # fmt: skip


def poll(confirmed: int = 41, eligible: int = 85, state: str = "open") -> dict[str, Any]:
    return {"contest": "service", "name": "行政サービス部門", "state": state, "confirmed": confirmed, "eligible": eligible}


def reveal(step: str, prize: str = "grand-service", winner: str = "S-029", n: int = 7) -> dict[str, Any]:
    """The section as the awards slice makes it: a winner at its own step and nowhere else."""
    name, lines, category = PRIZES[prize]
    return {
        "n": n, "of": 8, "step": step, "held": False,
        "prize": {"code": prize, "name": name, "name_en": name, "lines": lines, "category": category},
        "nominees": [{"number": number, "short_title": title, "bodies": bodies} for number, bodies, title in NOMINEES],
        "winner": WINNERS[winner] if step == "winner" else None, "revealed": [],
    }  # fmt: skip
