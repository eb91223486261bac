"""From a number down to the ballots, after the seal: the sealers and the auditor open an entry, and every opening is journalled.

`/auditor/ballots`, `/chair/ballots`, `/deputy/ballots`, `/desk/ballots`.
"""
