/**
 * Names and shapes of the live channels: the TypeScript side of design/live.md §3–§5.
 * Instants are RFC 3339 strings in UTC, durations end in _ms or _s. A section that somebody may not know is absent.
 */

export type Instant = string;
export type Version = readonly [epoch: number, rev: number];
export type Namespace = "/judge" | "/crew" | "/screen" | "/public";
export type ChannelName = "public" | "stage" | "crew" | "overlay" | "chair" | "judge";

export interface LiveDocument<S = Sections> {
  channel: ChannelName;
  epoch: number;
  rev: number;
  at: Instant;
  build: string;
  sections: S;
}

export interface Sections {
  now_next?: NowNext;
  timer?: DescribedTimer | null;
  schedule?: BlockFacts[];
  notices?: Notice[];
  polls?: PollState[];
  receipts?: ReceiptLine[];
  ballots?: BallotState[];
  seat?: SeatState;
  reveal?: Reveal;
  layers?: Layer[];
  air?: { shown: string[]; cleared: boolean };
  link?: LinkFlags;
}

/** A talk's clock, described and never ticked. */
export interface DescribedTimer {
  slot: string;
  started_at: Instant | null;
  duration_ms: number;
  added_ms: number;
  paused_at: Instant | null;
  paused_ms: number;
  warn_s: number;
  danger_s: number;
}

export type SlotKind = "opening" | "session" | "entry" | "break" | "ceremony" | "other";
export type SlotState = "upcoming" | "standby" | "on" | "done" | "skipped";

export interface EntryFacts {
  number: string;
  title: string;
  short_title: string;
  broadcast_title: string[];
  category: string;
  category_name: string;
  category_name_en: string;
  owner: string;
  owner_en: string;
  person: boolean;
  bodies: { code: string; name: string; name_en: string }[];
}

/** One slot of the rundown; delta_s is expected minus planned, positive means late. */
export interface SlotItem {
  slot: string;
  kind: SlotKind;
  block: string;
  title: string;
  title_en: string;
  short: string;
  who: string;
  who_en: string;
  entry: EntryFacts | null;
  position: number | null;
  of: number | null;
  position_text: string;
  planned_at: Instant;
  planned_end: Instant;
  expected_at: Instant | null;
  expected_end: Instant | null;
  started_at: Instant | null;
  ended_at: Instant | null;
  delta_s: number | null;
  state: SlotState;
  missed: boolean;
}

export interface NowNext {
  now: SlotItem | null;
  standby: SlotItem | null;
  next: SlotItem | null;
  then: SlotItem[];
}

/** One block of the programme. */
export interface BlockFacts {
  code: string;
  kind: SlotKind | "award";
  title: string;
  title_en: string;
  short: string;
  short_en: string;
  who: string;
  category: string | null;
  count: number | null;
  unit: string;
  unit_en: string;
  planned_at: Instant;
  planned_end: Instant;
  expected_at: Instant;
  expected_end: Instant;
  delta_s: number;
  end_delta_s: number;
  state: SlotState;
  fold: "" | "first" | "rest";
}

/** public: how the day stands. stage, crew: words to the speaker. */
export type Notice = DelayNotice | MessageNotice;

export interface DelayNotice {
  kind: "delay";
  state: "before" | "on_time" | "late" | "early" | "after";
  delta_s: number;
  at: Instant | null;
  holds: { code: string; short: string; short_en: string; at: Instant } | null;
}

export interface MessageNotice {
  kind: "message";
  text: string;
  blink: boolean;
  at: Instant;
}

/** The life of one contest on the day; counts only where the channel may know them. */
export interface PollState {
  contest: string;
  name: string;
  name_en: string;
  state: "draft" | "zero" | "open" | "closing" | "closed";
  planned_open: Instant;
  planned_close: Instant;
  opened_at: Instant | null;
  closes_at: Instant | null;
  delayed_until: Instant | null;
  closed_at: Instant | null;
  confirmed?: number;
  on_tablets?: number;
  delayed?: number;
  empty?: number;
  absent?: number;
  recused?: number;
  held?: number;
  seats?: number;
  eligible?: number;
  quorum?: number;
  zero_at?: Instant | null;
  reason?: string;
  nudged_at?: Instant | null;
  nudged?: number;
}

/** Who and when, never what. */
export interface ReceiptLine {
  contest: string;
  seat: string;
  at: Instant | null;
  state: "confirmed" | "local" | "empty" | "absent" | "recused";
  delayed?: true;
  held?: true;
  /** When the newest version that the tablet still holds was saved. */
  saved_at?: Instant;
  seen_at: Instant | null;
}

export type BallotBody =
  | { entries: string[] }
  | { ranking: string[] }
  | { marks: Record<string, number> }
  | { grade: string | null };

export interface BallotEntry {
  id: string;
  number: number | null;
  of: number | null;
  title: string;
  owner: string;
  owner_en: string;
  recused: boolean;
  reason: string | null;
  stage: "on" | "done" | "upcoming";
  at: Instant | null;
  category_name?: string;
  category_name_en?: string;
  /** Score and grade: the entry's own counting ballot. */
  ballot?: BallotVersion | null;
}

/** A level of a criterion, or the whole range where the edition has no words. */
export interface LevelWords {
  value: number;
  word: string;
  word_en: string;
}

export interface CriterionWords {
  code: string;
  name: string;
  name_en: string;
  weight: number;
  levels: LevelWords[];
}

/** From worst to best, as in the rules. */
export interface GradeWords {
  code: string;
  name_en: string;
  word: string;
  word_en: string;
}

/** The version that counts; as the answer `stale` carries it too. */
export interface BallotVersion {
  contest: string;
  entry?: string;
  body: BallotBody | null;
  rev: number;
  lease: number;
  receipt: string | null;
  received_at: Instant | null;
  saved_at: Instant | null;
}

export interface BallotState extends BallotVersion {
  delayed: boolean;
  needs_review: boolean;
  /** Handed in on paper: no tablet changes it any more. */
  paper?: boolean;
  method: "choice" | "points" | "score" | "grade";
  places: number;
  points: string[];
  counted: boolean;
  has_vote: boolean;
  recused: boolean;
  nudged_at: Instant | null;
  criteria?: CriterionWords[];
  grades?: GradeWords[];
  entries: BallotEntry[];
}

export interface SeatState {
  label: string;
  name: string;
  name_en: string;
  stand_in: string;
  lease: number;
  /** Sees the stream, not the stage. */
  remote: boolean;
}

export interface Reveal {
  n: number;
  step: "category" | "nominees" | "hold" | "winner";
  data: Record<string, unknown>;
}

export interface Layer {
  graphic: string;
  instance: string;
  step: number | string;
  data: Record<string, unknown>;
}

export interface LinkFlags {
  rehearsal?: boolean;
  demo?: boolean;
  sample?: boolean;
  rate?: number;
}

export interface SyncRequest {
  channel: ChannelName;
  epoch: number;
  rev: number;
}

export interface SyncAnswer {
  now: Instant;
  rate: number;
  document?: LiveDocument;
}

export interface RefusedAnswer {
  ok: false;
  code: string;
  text: string;
}

export interface Beat {
  at: Instant;
  build: string;
  channels: Partial<Record<ChannelName, Version>>;
}

export interface Seen {
  screen: string;
  scene: string;
  channel: ChannelName;
  epoch: number;
  rev: number;
  fps: number;
  visible: boolean;
  unsent: Record<string, number>;
  /** Of a tablet: when the newest unsent version of each contest was saved. */
  saved_at?: Record<string, Instant>;
}

export interface CommandRequest {
  op_id: string;
  name: string;
  args: Record<string, unknown>;
}

export type CommandAnswer = { ok: true; [key: string]: unknown } | { ok: false; code: string; text: string };

export interface BallotPut {
  contest: string;
  entry?: string;
  body: BallotBody;
  lease: number;
  rev: number;
  op_id: string;
  saved_at: Instant;
}

export type BallotAnswer = { op_id: string } & (
  | { result: "ok"; receipt: string; rev: number }
  | { result: "stale"; current: BallotVersion | null }
  | { result: "closed"; at: Instant | null; counted: boolean }
  | { result: "recused"; entries: string[] }
  | { result: "taken_over" }
  | { result: "invalid"; field: string; text: string }
);

export interface ServerToClient {
  document: (document: LiveDocument) => void;
  beat: (beat: Beat) => void;
}

export interface ClientToServer {
  sync: (request: SyncRequest, answer: (reply: SyncAnswer | RefusedAnswer) => void) => void;
  seen: (report: Seen) => void;
  command: (request: CommandRequest, answer: (reply: CommandAnswer) => void) => void;
  "ballot.put": (ballot: BallotPut, answer: (reply: BallotAnswer) => void) => void;
}
