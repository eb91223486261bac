"""Before and after the seal: the finalists' words confirmed by their bodies, and what three named persons may open afterwards.

`/desk/wording` (secretariat) · `/wording`, `/wording/<entry>` (the body's coordinator) · `/ceremony` (the named persons, and
the sealers who name them): walking order, envelopes and cards; certificates lie behind the same gate (`operations.open_pack`).
"""
