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
  schedule?: ScheduleItem[];
  notices?: Notice[];
  polls?: PollState[];
  receipts?: ReceiptLine[];
  ballots?: BallotState[];
  reveal?: Reveal;
  layers?: Layer[];
  air?: { shown: string[]; cleared: boolean };
  link?: LinkFlags;
}

/** A talk's clock, described and never ticked. */
export interface DescribedTimer {
  slot: number;
  started_at: Instant | null;
  duration_ms: number;
  added_ms: number;
  paused_at: Instant | null;
  paused_ms: number;
  warn_s: number;
  danger_s: number;
}

export type SlotKind = "opening" | "session" | "entry" | "break" | "ceremony" | "other";

/** One item of the day as people see it; delta is expected minus planned, positive means late. */
export interface ScheduleItem {
  slot: number;
  kind: SlotKind;
  title: string;
  title_en?: string;
  who?: string;
  block?: string;
  number?: number;
  of?: number;
  planned_at: Instant;
  expected_at: Instant;
  duration_ms: number;
  delta_ms: number;
  state: "open" | "next" | "standby" | "live" | "done" | "skipped";
}

export interface NowNext {
  now: ScheduleItem | null;
  standby?: ScheduleItem | null;
  next: ScheduleItem | null;
  then?: ScheduleItem[];
  delta_ms: number;
}

export interface Notice {
  id: number;
  text: string;
  text_en?: string;
  kind: "info" | "wait" | "ok";
  blink?: boolean;
}

export interface PollState {
  contest: string;
  title: string;
  title_en?: string;
  state: "draft" | "open" | "closing" | "closed";
  opens_at?: Instant | null;
  closes_at?: Instant | null;
  delayed_until?: Instant | null;
  confirmed?: number;
  on_tablets?: number;
  absent?: number;
  recused?: number;
  seats?: number;
}

/** Who and when, never what. */
export interface ReceiptLine {
  contest: string;
  seat: string;
  at: Instant | null;
  state: "confirmed" | "local" | "empty" | "absent" | "recused";
}

export type BallotBody =
  | { entries: string[] }
  | { ranking: string[] }
  | { marks: Record<string, number> }
  | { grade: string };

export interface BallotState {
  contest: string;
  entry?: string;
  body: BallotBody | null;
  rev: number;
  lease: number;
  receipt?: string;
  received_at?: Instant;
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
  unsent: number;
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
  | { result: "stale"; current: BallotState }
  | { result: "closed"; at: Instant; counted: boolean }
  | { result: "recused" }
  | { result: "taken_over" }
  | { result: "invalid"; field: string; text: string }
);

export interface ServerToClient {
  document: (document: LiveDocument) => void;
  beat: (beat: Beat) => void;
}

export interface ClientToServer {
  sync: (request: SyncRequest, answer: (reply: SyncAnswer) => void) => void;
  seen: (report: Seen) => void;
  command: (request: CommandRequest, answer: (reply: CommandAnswer) => void) => void;
  "ballot.put": (ballot: BallotPut, answer: (reply: BallotAnswer) => void) => void;
}
