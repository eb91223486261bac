"""The day as it runs: the public page, the printed programme, the director's desk, the MC's script, hall and stage screens.

Public `/` · `/programme`; director `/director`, `/director/do/<name>`; MC `/mc`; screens `/screen/confidence` · `/screen/hall`.
"""
