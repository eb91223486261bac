"""The public lot: promised before anybody knows the votes, drawn once in front of the hall, one seed for every prize.

It is drawn every time, whether a prize needs it or not, so that the draw itself tells nobody that there is a tie.
`/lot` (everybody), `/screen/lot` (the hall's screen), `/chair/lot`, `/deputy/lot`, `/desk/lot` (who runs it).
"""
