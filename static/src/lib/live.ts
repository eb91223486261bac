/**
 * The client of the live channels (design/live.md §3).
 *
 *   const channel = openChannel({namespace: "/public", channel: "public", onDocument(document, clock) { … }});
 *   runTimers(channel.clock);
 *
 * Whole documents, versions never backwards, reconnection with jitter, polling after three failures, a shared
 * estimate of the edition's clock, reports of what was painted, and hand-over to a new build.
 */
import { io, type Socket } from "socket.io-client";
import { Clock, localMs, type Sample } from "./clock";
import { at, meta } from "./dom";
import { drawLink, type LinkState } from "./link";
import type { Beat, ChannelName, ClientToServer, LiveDocument, Namespace, ServerToClient, SyncAnswer, Version } from "./protocol";
import { etagOf, isNewer, NOTHING } from "./version";

export type LiveSocket = Socket<ServerToClient, ClientToServer>;

export interface ChannelOptions {
  namespace: Namespace;
  channel: ChannelName;
  /**
   * Called with every newer document, painted by the next frame. Must be a pure function of (document, clock).
   * A page that paints later returns a promise; a rejected one is never reported as painted.
   */
  onDocument: (document: LiveDocument, clock: Clock) => void | Promise<void>;
  onLink?: (state: LinkState) => void;
  /** The server does not let this page follow the channel: access.denied (signed out), seat.taken_over. */
  onRefused?: (code: string) => void;
  /** Reported every five seconds: which screen this is. Judges and screens give it, the public does not. */
  screen?: { id: string; scene: string };
  /** How many ballots per contest this device still holds; a page with unsent ones never reloads by itself. */
  unsent?: () => Record<string, number>;
  /** When the newest unsent version of each contest was saved on this device. */
  savedAt?: () => Record<string, string>;
  /** Overlay and hall: false while something is on air. */
  mayReload?: () => boolean;
  /** Extra fields of auth, for instance {token} of an overlay. */
  auth?: Record<string, string>;
}

export interface Channel {
  readonly clock: Clock;
  readonly socket: LiveSocket;
  readonly version: Version;
  readonly document: LiveDocument | null;
  readonly state: LinkState;
  /** Asks the server now, for instance after an own write over HTTP. */
  refresh(): void;
  /** Says now, and not only every five seconds, what this screen has painted and still holds. */
  tell(): void;
  close(): void;
}

const SILENCE_MS = 12_000;
const POLL_MS = 3_000;
const SEEN_MS = 5_000;
const QUIET_MS = 10_000;
const RESAMPLE_MS = 60_000;
const FAILURES_BEFORE_POLLING = 3;
const HANDOVER_AGAIN_MS = 60_000;
const REFUSALS = new Set(["access.denied", "seat.taken_over"]);
const clocks = new Clock();
const links = new Map<Namespace, Link>();

recallClock();

/** A page without network goes on with the clock that the one before it had. */
function recallClock(): void {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(clockKey()) ?? "null");
    if (kept) clocks.recall(kept as Sample);
  } catch {
    // Storage is refused, or holds something else.
  }
}

function keepClock(): void {
  try {
    const known = clocks.memory;
    if (known) localStorage.setItem(clockKey(), JSON.stringify(known));
  } catch {
    // Without storage a reload needs the network to know the time.
  }
}

function clockKey(): string {
  return `clock${at("/")}${meta("edition")}`;
}

/** The edition's time in milliseconds, as well as this page knows it. */
export function now(): number {
  return clocks.now();
}

/** The socket of a namespace, shared by all channels and commands of the page. */
export function linkTo(namespace: Namespace, auth: Record<string, string> = {}): Link {
  const known = links.get(namespace);
  if (known) return known;
  const link = new Link(namespace, auth);
  links.set(namespace, link);
  return link;
}

export function openChannel(options: ChannelOptions): Channel {
  return linkTo(options.namespace, options.auth).subscribe(options);
}

class Link {
  readonly socket: LiveSocket;
  readonly clock = clocks;
  state: LinkState = "connecting";
  private readonly channels = new Set<Subscription>();
  private failures = 0;
  private heard = localMs();
  private sampled = 0;
  private polling: ReturnType<typeof setTimeout> | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly namespace: Namespace, auth: Record<string, string>) {
    this.socket = io(namespace, {
      auth: (give) => give({ csrf: meta("csrf-token"), edition: meta("edition"), ...auth }),
      transports: ["websocket", "polling"],
      tryAllTransports: true,
      reconnectionDelay: 500,
      reconnectionDelayMax: 5_000,
      randomizationFactor: 0.5,
      timeout: 6_000,
    });
    this.listen();
    setInterval(() => this.watch(), 1_000);
    for (const event of ["online", "pageshow", "focus"]) addEventListener(event, () => this.wake());
    document.addEventListener("visibilitychange", () => this.wake());
  }

  subscribe(options: ChannelOptions): Channel {
    const subscription = new Subscription(this, options);
    this.channels.add(subscription);
    options.onLink?.(this.state);
    if (this.socket.connected) void this.sync(subscription);
    return subscription;
  }

  drop(subscription: Subscription): void {
    this.channels.delete(subscription);
  }

  private listen(): void {
    const { socket } = this;
    socket.onAny(() => { this.heard = localMs(); });
    socket.on("connect", () => this.connected());
    socket.on("disconnect", () => this.broke());
    socket.on("connect_error", (error) => {
      this.refuse(error.message);
      this.broke();
    });
    socket.on("beat", (beat) => this.onBeat(beat));
    socket.on("document", (document) => {
      for (const channel of this.channels) if (channel.options.channel === document.channel) channel.apply(document);
    });
  }

  private connected(): void {
    this.failures = 0;
    this.heard = localMs();
    clearTimeout(this.retry);
    clearTimeout(this.polling);
    this.polling = undefined;
    this.tell("ok");
    this.clock.forget();
    void this.sample();
    for (const channel of this.channels) {
      void this.sync(channel);
      channel.tell();
    }
  }

  private refuse(code: unknown): void {
    if (typeof code !== "string" || !REFUSALS.has(code)) return;
    for (const channel of this.channels) channel.options.onRefused?.(code);
  }

  /** Counts a failure; a refusal by the server is not retried by the library, so it is retried here. */
  private broke(): void {
    this.failures += 1;
    if (this.state !== "slow") this.tell("down");
    if (!this.socket.active) {
      clearTimeout(this.retry);
      this.retry = setTimeout(() => this.socket.connect(), 1_000 + Math.random() * 4_000);
    }
    if (this.failures >= FAILURES_BEFORE_POLLING && !this.polling) this.poll();
  }

  private onBeat(beat: Beat): void {
    if (Math.abs(Date.parse(beat.at) - this.clock.now()) > 2_000 && localMs() - this.sampled > 10_000) {
      this.clock.forget();
      void this.sample();
    }
    for (const channel of this.channels) {
      const theirs = beat.channels[channel.options.channel];
      if (theirs && isNewer(theirs, channel.version)) void this.sync(channel);
      channel.meet(beat.build);
    }
  }

  /** Five round trips, a fifth of a second apart; later one a minute keeps the estimate fresh. */
  private async sample(): Promise<void> {
    this.sampled = localMs();
    const first = [...this.channels][0];
    while (first && this.socket.connected && !this.clock.full) {
      await this.sync(first);
      await new Promise((done) => setTimeout(done, 200));
    }
  }

  async sync(channel: Subscription): Promise<void> {
    const sent = localMs();
    const [epoch, rev] = channel.version;
    try {
      const answer = await this.socket.timeout(4_000).emitWithAck("sync", { channel: channel.options.channel, epoch, rev });
      if ("code" in answer) return this.refuse(answer.code);
      this.take(answer, sent);
      if (answer.document) channel.apply(answer.document);
    } catch {
      // No answer: the next beat differs again, or silence drops the connection.
    }
  }

  private take(answer: SyncAnswer, sent: number): void {
    const received = localMs();
    this.heard = received;
    const server = Date.parse(answer.now);
    if (!Number.isFinite(server)) return;
    this.clock.add({ sent, received, server, rate: answer.rate || 1 });
    if (this.namespace === "/judge") keepClock();
  }

  private watch(): void {
    if (!this.socket.connected) return;
    if (localMs() - this.heard > SILENCE_MS) {
      this.heard = localMs();
      this.socket.io.engine.close();
      return;
    }
    const first = [...this.channels][0];
    if (first && localMs() - this.sampled > RESAMPLE_MS) {
      this.sampled = localMs();
      void this.sync(first);
    }
  }

  private wake(): void {
    if (document.visibilityState === "hidden") return;
    if (!this.socket.connected) {
      // An active socket is on its way; a second CONNECT packet would make the server refuse the connection.
      if (!this.socket.active) this.socket.connect();
      return;
    }
    for (const channel of this.channels) void this.sync(channel);
  }

  /** GET /live/<channel> every three seconds while the socket does not come back. */
  private poll(): void {
    this.polling = setTimeout(async () => {
      const answers = await Promise.all([...this.channels].map((channel) => this.fetch(channel)));
      if (this.socket.connected) return;
      this.tell(answers.some(Boolean) ? "slow" : "down");
      this.poll();
    }, this.failures === FAILURES_BEFORE_POLLING ? 0 : POLL_MS);
    this.failures += 1;
  }

  private async fetch(channel: Subscription): Promise<boolean> {
    const sent = localMs();
    try {
      const query = new URLSearchParams(channel.options.auth).toString();
      const path = `/live/${channel.options.channel}${query ? `?${query}` : ""}`;
      const answer = await fetch(at(path), {
        headers: { Accept: "application/json", "If-None-Match": etagOf(channel.version) },
        cache: "no-store",
        signal: AbortSignal.timeout(POLL_MS + 2_000),
      });
      const [server, rate] = (answer.headers.get("X-Clock") ?? "").split(" ");
      if (server) this.take({ now: server, rate: Number(rate) || 1 }, sent);
      if (answer.status === 304) return true;
      if (!answer.headers.get("Content-Type")?.includes("json")) return false;
      const found: unknown = await answer.json();
      if (!answer.ok) this.refuse((found as { code?: unknown } | null)?.code);
      if (!answer.ok) return false;
      channel.apply(found as LiveDocument);
      return true;
    } catch {
      return false;
    }
  }

  private tell(state: LinkState): void {
    if (state === this.state) return;
    this.state = state;
    drawLink(state);
    for (const channel of this.channels) channel.options.onLink?.(state);
  }
}

export type { Link };

let touched = localMs();
for (const event of ["pointerdown", "keydown", "input"]) {
  document.addEventListener(event, () => { touched = localMs(); }, { capture: true, passive: true });
}

class Subscription implements Channel {
  version: Version = NOTHING;
  document: LiveDocument | null = null;
  private painted: Version = NOTHING;
  private readonly reporter: ReturnType<typeof setInterval> | undefined;
  private handover: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly link: Link, readonly options: ChannelOptions) {
    if (options.screen) this.reporter = setInterval(() => void this.report(), SEEN_MS);
  }

  get clock(): Clock { return this.link.clock; }
  get socket(): LiveSocket { return this.link.socket; }
  get state(): LinkState { return this.link.state; }

  refresh(): void {
    if (this.link.socket.connected) void this.link.sync(this);
  }

  tell(): void {
    void this.report();
  }

  close(): void {
    clearInterval(this.reporter);
    clearInterval(this.handover);
    this.link.drop(this);
  }

  apply(document: LiveDocument): void {
    const version: Version = [document.epoch, document.rev];
    if (!isNewer(version, this.version)) return;
    this.version = version;
    this.document = document;
    Promise.resolve(this.options.onDocument(document, this.clock)).then(
      () => requestAnimationFrame(() => { if (isNewer(version, this.painted)) this.painted = version; }),
      () => undefined,
    );
    this.meet(document.build);
  }

  /** A newer build waits until nothing is unsent and nobody touched the page for ten seconds; once per build. */
  meet(build: string): void {
    const own = meta("build");
    if (!build || !own || build === own || this.handover) return;
    const [last, at] = (sessionStorage.getItem("reloaded-for") ?? "").split(" ");
    if (last === build && Date.now() - Number(at) < HANDOVER_AGAIN_MS) return; // a kept page of the old build: not in a circle
    this.handover = setInterval(() => {
      const busy = Object.keys(this.options.unsent?.() ?? {}).length > 0 || this.options.mayReload?.() === false;
      if (busy || localMs() - touched < QUIET_MS || this.state === "down") return;
      clearInterval(this.handover);
      this.handover = undefined;
      sessionStorage.setItem("reloaded-for", `${build} ${Date.now()}`);
      location.reload();
    }, 1_000);
  }

  private async report(): Promise<void> {
    const { screen, channel, unsent, savedAt } = this.options;
    if (!screen || !this.socket.connected) return;
    const [epoch, rev] = this.painted;
    const visible = document.visibilityState === "visible";
    const fps = visible ? await framesPerSecond() : 0;
    this.socket.emit("seen", { screen: screen.id, scene: screen.scene, channel, epoch, rev, fps, visible, unsent: unsent?.() ?? {}, ...(savedAt ? { saved_at: savedAt() } : {}) });
  }
}

function framesPerSecond(): Promise<number> {
  return new Promise((done) => {
    const start = performance.now();
    let frames = 0;
    const count = (): void => {
      frames += 1;
      if (performance.now() - start < 1_000) requestAnimationFrame(count);
      else done(frames);
    };
    requestAnimationFrame(count);
    setTimeout(() => done(frames), 1_500);
  });
}
