/** What one tablet knows: the server's document, what was acknowledged since, and what still waits in the outbox. */
import { localMs } from "../lib/clock";
import { all, one, pick } from "../lib/dom";
import type { Channel } from "../lib/live";
import type { Outbox, Version } from "../lib/outbox";
import { isNewer } from "../lib/queue";
import type { BallotBody, BallotEntry, BallotState, BallotVersion, LiveDocument, PollState } from "../lib/protocol";
import { gradeOf, isBlank, type Marks, marksOf, missing, namesOf } from "./marks";

export type Phase = "draft" | "open" | "closing" | "grace" | "closed";
export type SignWord = "empty" | "local" | "confirmed";

export class State {
  box: Outbox | null = null;
  channel: Channel | null = null;
  signedOut = false;
  /** Other seats of which this device still holds something unsent. */
  others: string[] = [];
  front = one<HTMLElement>(".ballot-tab[aria-current]")?.dataset.contest ?? all<HTMLElement>(".ballot-tab")[0]?.dataset.contest ?? "";
  /** Contest -> the entry that was marked last. */
  readonly last = new Map<string, string>();
  /** Unit -> a sentence about an answer that was no confirmation. */
  readonly late = new Map<string, string>();
  private readonly loaded = localMs();

  constructor(readonly seat: string, readonly lease: number, public current: LiveDocument) {}

  time(): number {
    const clock = this.channel?.clock;
    return clock?.known ? clock.now() : Date.parse(this.current.at) + (localMs() - this.loaded);
  }

  ballots(): BallotState[] {
    return this.current.sections.ballots ?? [];
  }

  ballotOf(contest: string): BallotState | undefined {
    return this.ballots().find((ballot) => ballot.contest === contest);
  }

  pollOf(contest: string): PollState | undefined {
    return this.current.sections.polls?.find((poll) => poll.contest === contest);
  }

  pollName(contest: string): string {
    const poll = this.pollOf(contest);
    return poll ? pick(poll.name, poll.name_en) : contest;
  }

  phaseOf(contest: string): Phase {
    const poll = this.pollOf(contest);
    if (!poll || poll.state === "draft" || poll.state === "zero") return "draft";
    if (poll.state === "closing" && poll.closes_at && this.time() > Date.parse(poll.closes_at)) return "grace";
    return poll.state;
  }

  mayMark(contest: string): boolean {
    const phase = this.phaseOf(contest);
    return this.box !== null && !this.readOnly() && (phase === "open" || phase === "closing");
  }

  readOnly(): boolean {
    return Boolean(this.box?.takenOver);
  }

  // --- one unit: a contest, for score and grade a contest's entry --------------------------------------------------------

  waiting(ballot: BallotState, entry = ""): Version | null {
    return this.box?.newest(ballot.contest, entry) ?? null;
  }

  /** What the server has confirmed, as well as this page knows it: an ack may be newer than the document. */
  confirmed(ballot: BallotState, entry = ""): BallotVersion | null {
    const known = this.box?.confirmed(ballot.contest, entry) ?? null;
    const told = entry ? ballot.entries.find((one) => one.id === entry)?.ballot ?? null : ballot.counted ? ballot : null;
    return known && (!told || isNewer(known, told)) ? known : told;
  }

  body(ballot: BallotState, entry = ""): BallotBody | null {
    return (this.waiting(ballot, entry) ?? this.confirmed(ballot, entry))?.body ?? null;
  }

  sign(ballot: BallotState, entry = ""): SignWord {
    if (this.waiting(ballot, entry)) return "local";
    return this.confirmed(ballot, entry) ? "confirmed" : "empty";
  }

  /** The entries of a choice or ranking that still may be named: a recused or withdrawn one is left out, as in the count. */
  chosen(ballot: BallotState): string[] {
    const free = new Set(ballot.entries.filter((entry) => !entry.recused).map((entry) => entry.id));
    return namesOf(this.body(ballot)).filter((name) => free.has(name));
  }

  marks(ballot: BallotState, entry: string): Marks {
    return marksOf(this.body(ballot, entry));
  }

  grade(ballot: BallotState, entry: string): string | null {
    return gradeOf(this.body(ballot, entry));
  }

  /** Criteria without which the entry's mark does not count. Nothing is lacking where nothing was said. */
  lacks(ballot: BallotState, entry: string): string[] {
    const marks = this.marks(ballot, entry);
    if (!Object.keys(marks).length) return [];
    return missing(marks, ballot.criteria ?? []).map((one) => pick(one.name, one.name_en));
  }

  declined(ballot: BallotState, entry: string): boolean {
    return this.body(ballot, entry) !== null && isBlank(this.body(ballot, entry));
  }

  markable(ballot: BallotState): BallotEntry[] {
    return ballot.entries.filter((entry) => !entry.recused);
  }

  /** Is everything said and confirmed that this paper asks for? */
  complete(ballot: BallotState): boolean {
    if (!perEntry(ballot)) return this.sign(ballot) === "confirmed";
    return this.markable(ballot).every((entry) => this.sign(ballot, entry.id) === "confirmed" && !this.lacks(ballot, entry.id).length);
  }

  anyConfirmed(ballot: BallotState): boolean {
    return perEntry(ballot) ? this.markable(ballot).some((entry) => this.confirmed(ballot, entry.id)) : this.confirmed(ballot) !== null;
  }

  /** Contests with something unsent, and how many ballots that is. */
  unsent(): { contests: string[]; count: number } {
    const counts = this.box?.counts() ?? {};
    return { contests: Object.keys(counts), count: Object.values(counts).reduce((before, one) => before + one, 0) };
  }

  /** The server's versions are the floor of ours. */
  raiseFloors(box = this.box): void {
    for (const { contest, entry, lease, rev } of this.counting()) box?.floor(contest, lease === this.lease ? rev : 0, entry);
  }

  /** Every version that counts by the server's word, of contests and of entries. */
  counting(): BallotVersion[] {
    return this.ballots().flatMap((ballot) => [ballot, ...ballot.entries.map((entry) => entry.ballot).filter((own) => own != null)]);
  }

  /** The lease under which the server's version of a unit was given. */
  confirmedLease(contest: string, entry: string): number {
    const ballot = this.ballotOf(contest);
    return (entry ? ballot?.entries.find((one) => one.id === entry)?.ballot?.lease : ballot?.lease) ?? 0;
  }
}

export function perEntry(ballot: BallotState): boolean {
  return ballot.method === "score" || ballot.method === "grade";
}
