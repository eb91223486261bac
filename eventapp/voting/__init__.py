"""The judges vote: the tablet that never loses a ballot, polls that open and close, the board that shows who and never what.

/judge · /judge/<contest> · POST /judge/ballots/<op_id> · /chair · /deputy · POST /<chair|deputy|director|desk>/polls/<contest>/<act>
Socket: ballot.put on /judge. Commands: poll.open, poll.close, poll.cancel_close, poll.reopen, seat.release, seat.stand_in, judges.nudge
"""
