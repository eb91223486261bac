"""What is published of a prize: its comment (講評), and how a revealed prize is put right in front of everybody.

`/chair/published`, `/deputy/published`, `/desk/published`. Before a prize is revealed only the named sealers see a word of it.
"""
