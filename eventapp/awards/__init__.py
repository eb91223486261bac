"""From closed polls to known prizes: chair, deputy and secretariat count, decide and sign; the director reveals; anyone recounts.

`/chair/result`, `/deputy/result`, `/desk/result` (the result, for the named sealers) · `/director/reveal` (the reveal, which
shows no winner before its step) · `/results`, `/archive` (what everybody may know) · `/auditor` (journal and evidence).
"""
