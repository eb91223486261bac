"""The secretariat writes the rules of the count before the first poll opens: form, TOML, trial, versions, freezing.

/desk/rules · /desk/rules/text · /desk/rules/trial · /desk/rules/versions
"""
