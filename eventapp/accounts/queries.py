"""What people call the roles."""

ROLE_NAMES = {
    "entrant": "エントリー担当", "screener": "一次審査", "judge": "審査委員", "director": "進行ディレクター", "mc": "司会",
    "switcher": "配信卓", "reception": "受付", "chair": "審査委員長", "deputy": "副委員長", "secretariat": "事務局", "auditor": "監査",
    "screen": "画面表示",
}  # fmt: skip
