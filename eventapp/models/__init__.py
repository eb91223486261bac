"""What is remembered: every table, re-exported so that `from eventapp.models import Entry` reads well."""

from eventapp.models.attend import Visit
from eventapp.models.base import Base, Instant
from eventapp.models.ceremony import PackPerson, WordingProof
from eventapp.models.entry import Entry, EntryBody, EntryRevision
from eventapp.models.event import Category, ChannelRev, CommandAnswer, Edition, Installation, Lease
from eventapp.models.journal import JournalLine
from eventapp.models.paper import PaperBallot, PaperKeying
from eventapp.models.people import (
    Attempt,
    Body,
    Grant,
    JudgeGroup,
    Link,
    Person,
    Seat,
    SeatBody,
    SeatRecusal,
    WebSession,
)
from eventapp.models.prize import Correction, Decision, Lot, PersonRecusal, Published, Remark, Reveal, Seal, Signature
from eventapp.models.programme import Block, Booth, Cue, OverlayState, ScreenReport, Slot, StageMessage
from eventapp.models.rulebook import RulesVersion
from eventapp.models.screening import Assignment
from eventapp.models.voting import Ballot, BallotAnswer, BallotVersion, Nudge, Poll, RosterSeat

__all__ = [
    "Assignment", "Attempt", "Ballot", "BallotAnswer", "BallotVersion", "Base", "Block", "Body", "Booth", "Category", "ChannelRev",
    "CommandAnswer", "Correction", "Cue", "Decision", "Edition", "Entry", "EntryBody", "EntryRevision", "Grant", "Installation",
    "Instant", "JournalLine", "JudgeGroup", "Lease", "Link", "Lot", "Nudge", "OverlayState", "PaperBallot", "PaperKeying", "Person",
    "PersonRecusal", "Poll", "Published", "Remark", "Reveal", "RosterSeat", "RulesVersion", "ScreenReport", "Seal", "Seat", "SeatBody",
    "SeatRecusal", "Signature", "Slot", "StageMessage", "Visit", "WebSession",
    "Instant", "JournalLine", "JudgeGroup", "Lease", "Link", "Lot", "Nudge", "OverlayState", "PackPerson", "Person", "PersonRecusal",
    "Poll", "Published", "Remark", "Reveal", "RosterSeat", "RulesVersion", "ScreenReport", "Seal", "Seat", "SeatBody", "SeatRecusal",
    "Signature", "Slot", "StageMessage", "Visit", "WebSession", "WordingProof",
]  # fmt: skip
