"""Voting on paper, when a tablet or the network fails: sheets are printed, collected, typed by two people and compared.

/desk/papers · /desk/papers/<contest>/sheets · /desk/papers/<paper> · POST /desk/papers/<paper>/<collect|key|replace|cancel>
/auditor/papers · /chair/papers · /deputy/papers: who typed what, after the seal
"""
