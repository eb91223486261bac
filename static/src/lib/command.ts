/** Commands and ballots go through two doors: the socket for four seconds, then the same by POST with the same op_id. */
import type { Socket } from "socket.io-client";
import { at, meta, newId, pick } from "./dom";
import { linkTo } from "./live";
import type { CommandAnswer, Namespace } from "./protocol";

const SOCKET_MS = 4_000;
const POST_MS = 8_000;

export interface Delivery<A> {
  namespace: Namespace;
  event: "command" | "ballot.put";
  payload: { op_id: string } & Record<string, unknown>;
  /** Path below the edition's root, without it: /commands/<op_id>. */
  path: string;
  /** Is this our own answer, and not a captive portal's? */
  isAnswer: (value: unknown) => value is A;
  /** The HTTP status of the second door: 401 asks for the seat card. */
  onStatus?: (status: number) => void;
  /** Gives up waiting for an answer; whether it was done is then unknown, as with silence. */
  signal?: AbortSignal;
}

/** Resolves to the server's answer, or to null: no answer. Never throws. Idempotent by op_id. */
export async function deliver<A>(delivery: Delivery<A>): Promise<A | null> {
  const answer = await Promise.race([bySocket(delivery), aborted(delivery.signal)]);
  return answer ?? (delivery.signal?.aborted ? null : byPost(delivery));
}

function aborted(signal: AbortSignal | undefined): Promise<null> {
  return new Promise((done) => signal?.addEventListener("abort", () => done(null), { once: true }));
}

async function bySocket<A>({ namespace, event, payload, isAnswer }: Delivery<A>): Promise<A | null> {
  const { socket } = linkTo(namespace);
  if (!socket.connected) return null;
  try {
    const answer: unknown = await (socket as Socket).timeout(SOCKET_MS).emitWithAck(event, payload);
    return isAnswer(answer) ? answer : null;
  } catch {
    return null;
  }
}

async function byPost<A>({ path, payload, isAnswer, onStatus, signal }: Delivery<A>): Promise<A | null> {
  try {
    const response = await fetch(at(path), {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": meta("csrf-token") },
      body: JSON.stringify(payload),
      signal: within(POST_MS, signal),
    });
    onStatus?.(response.status);
    const answer: unknown = await response.json();
    return isAnswer(answer) ? answer : null;
  } catch {
    return null;
  }
}

/** AbortSignal.any is younger than the oldest browsers that we serve. */
function within(ms: number, signal: AbortSignal | undefined): AbortSignal {
  const both = new AbortController();
  setTimeout(() => both.abort(), ms);
  signal?.addEventListener("abort", () => both.abort(), { once: true });
  return both.signal;
}

function isCommandAnswer(value: unknown): value is CommandAnswer {
  return typeof value === "object" && value !== null && typeof (value as { ok?: unknown }).ok === "boolean";
}

/** command("rundown.go", {from: 6, to: 7}); a repeated press with the same op_id is answered once. */
export async function command(name: string, args: Record<string, unknown> = {}, op_id: string = newId()): Promise<CommandAnswer> {
  const answer = await deliver({
    namespace: "/crew",
    event: "command",
    payload: { op_id, name, args },
    path: `/commands/${op_id}`,
    isAnswer: isCommandAnswer,
  });
  const text = pick("サーバーから返事がありません。画面を確かめてから、もう一度操作してください。", "The server did not answer. Check the screen and try again.");
  return answer ?? { ok: false, code: "no.answer", text };
}
