"""Reads the five files of a tally from their bytes and says everything wrong with them (tally/1, sections 1 to 3)."""

from collections.abc import Callable, Collection
from typing import TypeVar

from eventapp.rules.tally_ballots_file import parse_ballots, read_ballots
from eventapp.rules.tally_errors import NotAcceptable
from eventapp.rules.tally_model import Case, Decision, Entry, Judge, Rulebook
from eventapp.rules.tally_numbers import listed
from eventapp.rules.tally_rules_file import parse_rules
from eventapp.rules.tally_table import Table, read_table

__all__ = ["NotAcceptable", "parse_files", "parse_rules"]

NO_DECISIONS = b"prize,step,value\n"
T = TypeVar("T")


def parse_files(rules: bytes, judges: bytes, entries: bytes, ballots: bytes, decisions: bytes | None = None) -> Case:
    """What the files hold; NotAcceptable with every error in them.

    Errors of form (all of rules.toml, encodings, CSV, columns) hide those of the contents, which refer to them.
    """
    errors: list[str] = []
    rulebook = _attempt(parse_rules, rules, errors=errors)
    judge_table = _attempt(_judge_table, judges, errors=errors)
    entry_table = _attempt(_entry_table, entries, errors=errors)
    ballot_table = _attempt(read_ballots, ballots, errors=errors)
    decision_table = _attempt(_decision_table, NO_DECISIONS if decisions is None else decisions, errors=errors)
    if not (rulebook and judge_table and entry_table and ballot_table and decision_table):
        raise NotAcceptable(errors)
    found_entries = _entries(entry_table)
    entry_ids = {entry.id for entry in found_entries}
    found_judges = _judges(judge_table, rulebook, entries=entry_ids)
    case = Case(
        rulebook=rulebook,
        judges=found_judges,
        entries=found_entries,
        submissions=parse_ballots(ballot_table, rulebook, judges={judge.id for judge in found_judges}, entries=entry_ids),
        decisions=_decisions(decision_table, rulebook, entries=entry_ids),
    )
    errors = [error for table in (judge_table, entry_table, ballot_table, decision_table) for error in table.errors]
    if errors:
        raise NotAcceptable(errors)
    return case


def _attempt(read: Callable[[bytes], T], data: bytes, *, errors: list[str]) -> T | None:
    """What the file holds, or None: then the errors have been noted."""
    try:
        return read(data)
    except NotAcceptable as error:
        errors.extend(error.errors)
        return None


def _judge_table(data: bytes) -> Table:
    return read_table(data, "judges.csv", required=("judge",), optional=("group", "orgs", "recused"))


def _entry_table(data: bytes) -> Table:
    return read_table(data, "entries.csv", required=("entry", "category"), optional=("orgs", "tags", "withdrawn"))


def _decision_table(data: bytes) -> Table:
    return read_table(data, "decisions.csv", required=("prize", "step", "value"))


def _judges(table: Table, rulebook: Rulebook, *, entries: Collection[str]) -> tuple[Judge, ...]:
    judges: dict[str, Judge] = {}
    for line, (name, group, orgs, recused) in table.rows:
        table.check_id(line, name, noun="judge")
        if name in judges:
            table.error(line, f"judge {name!r} is there twice")
        if rulebook.groups is not None and group not in rulebook.groups:
            table.error(line, f"unknown group {group!r}")
        for entry in listed(recused):
            if entry not in entries:
                table.error(line, f"recused from an unknown entry {entry!r}")
        judges[name] = Judge(name, group, table.ids(line, orgs, noun="org"), frozenset(listed(recused)))
    return tuple(judges.values())


def _entries(table: Table) -> tuple[Entry, ...]:
    entries: dict[str, Entry] = {}
    for line, (name, category, orgs, tags, withdrawn) in table.rows:
        table.check_id(line, name, noun="entry")
        table.check_id(line, category, noun="category")
        if name in entries:
            table.error(line, f"entry {name!r} is there twice")
        if withdrawn not in ("", "yes"):
            table.error(line, f"withdrawn is neither empty nor yes: {withdrawn!r}")
        entries[name] = Entry(
            id=name,
            category=category,
            orgs=table.ids(line, orgs, noun="org"),
            tags=table.ids(line, tags, noun="tag"),
            withdrawn=withdrawn == "yes",
        )
    return tuple(entries.values())


def _decisions(table: Table, rulebook: Rulebook, *, entries: Collection[str]) -> tuple[Decision, ...]:
    prizes = {prize.id for prize in rulebook.prizes}
    decisions: dict[tuple[str, str], Decision] = {}
    for line, (prize, step, value) in table.rows:
        if (prize, step) in decisions:
            table.error(line, f"prize {prize!r} and step {step!r} are there twice")
        if prize not in prizes and (prize or step != "lot"):
            table.error(line, f"unknown prize {prize!r}")
        if step == "chair":
            _check_order(table, line, order=listed(value), entries=entries)
        elif step != "lot":
            table.error(line, f"step is neither chair nor lot: {step!r}")
        elif not value:
            table.error(line, "the seed of the lot is empty")
        decisions[prize, step] = Decision(prize, step, value)
    return tuple(decisions.values())


def _check_order(table: Table, line: int, *, order: list[str], entries: Collection[str]) -> None:
    for place, entry in enumerate(order):
        if entry not in entries:
            table.error(line, f"unknown entry {entry!r}")
        if entry in order[:place]:
            table.error(line, f"entry {entry!r} is there twice")
