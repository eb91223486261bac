/**
 * A scene of the live stream. What is on air is a function of (document, clock, link): a refresh restores it without
 * motion, a broken document changes nothing, a lost link keeps names and takes numbers away.
 */
import { defineGraphics, TAGS } from "../graphics";
import { localMs } from "../lib/clock";
import { need, newId } from "../lib/dom";
import { layersFor } from "../lib/layers";
import { openChannel } from "../lib/live";
import type { LiveDocument } from "../lib/protocol";
import { Stage } from "../lib/stage";

const LOOK_MS = 250;

defineGraphics();
const scene = document.body.dataset["scene"] ?? "auto";
const token = new URLSearchParams(location.search).get("token");
const screen = { id: `overlay-${scene}-${ownId()}`, scene };
const stage = new Stage(need("#air"), TAGS, () => (channel.clock.synced ? channel.clock.now() : null));
let latest: LiveDocument | null = null;
let downSince: number | null = null;
let first = true;
let turn: Promise<void> = Promise.resolve();

const channel = openChannel({
  namespace: "/screen",
  channel: "overlay",
  screen,
  auth: token ? { token } : {},
  onDocument: (document) => {
    latest = document;
    return draw();
  },
  onLink: (state) => {
    const up = state === "ok" || state === "slow";
    downSince = up ? null : downSince ?? localMs();
  },
  mayReload: () => stage.painted.length === 0,
});
setInterval(() => void draw().catch(() => undefined), LOOK_MS);

/** One drawing at a time, always of the newest document. */
function draw(): Promise<void> {
  const next = turn.then(paint);
  turn = next.catch(() => undefined);
  return next;
}

async function paint(): Promise<void> {
  if (!latest) return;
  const { layers = [], air } = latest.sections;
  const moment = { now: channel.clock.synced ? channel.clock.now() : null, downMs: downSince === null ? 0 : localMs() - downSince };
  const complete = await stage.show(layersFor(scene, layers, Boolean(air?.shown.length), moment), first, Boolean(air?.cleared));
  first = false;
  document.body.toggleAttribute("data-waiting", false);
  document.body.toggleAttribute("data-idle", stage.painted.length === 0);
  screen.scene = `${scene}: ${stage.painted.join(" ") || "–"}${complete ? "" : " !"}`;
  if (!complete) throw new Error("incomplete data");
}

/** The same browser source keeps its name over a refresh. */
function ownId(): string {
  try {
    const known = sessionStorage.getItem("overlay") ?? newId().slice(0, 8);
    sessionStorage.setItem("overlay", known);
    return known;
  } catch {
    return newId().slice(0, 8);
  }
}
