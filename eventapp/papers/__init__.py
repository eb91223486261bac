"""The papers of the ceremony, printed by the browser: certificates, proofs, lists for approval, for the press and of the awarded.

`/desk/prints…` (secretariat: what is revealed, and proofs that know no winner) · `/papers/results` (sealers, once sealed) ·
`POST /papers/certificates` (the named persons of the ceremony pack, each opening journalled).
"""
