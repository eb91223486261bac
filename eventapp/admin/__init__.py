"""The secretariat's desk for what belongs to no other slice: installation, editions, people, links, the journal.

/desk · /auditor
"""
