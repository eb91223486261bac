"""What anybody may check of the day, and how: heads of the journal kept outside of it, and the published list of receipts.

`/desk/journal`, `/desk/journal/<line>` (secretariat, auditor, chair, deputy) · `/receipts` (everybody, once all polls are
closed) · `/judge/receipts` (a judge's own).
"""
