/** The director's desk: forms become commands, GO is held while somebody is on air, parts are redrawn with every document. */
import { command } from "../lib/command";
import { all, el, need, one, pick, setData, setText, show } from "../lib/dom";
import { openChannel } from "../lib/live";
import { keepParts } from "../lib/parts";
import { readTimer, runTimers } from "../lib/timer";

const NAMES: Record<string, string> = { jump: "clock.jump" };
const NUMBERS = new Set(["seconds"]);
const OPTIONAL = new Set(["from", "to"]);
const REPEAT_MS = 1_500;
let lastGo = -Infinity;
let reports: ReturnType<typeof setTimeout> | undefined;

const parts = keepParts(prepare);
const channel = openChannel({
  namespace: "/crew",
  channel: "crew",
  screen: { id: "desk", scene: "desk" },
  onDocument: (document) => {
    parts.meet(document);
    clearTimeout(reports);
    reports = setTimeout(() => parts.refresh(), 7_000); // by then every screen has reported what it painted
  },
  mayReload: () => !document.querySelector("input:focus"),
});
runTimers(channel.clock, drawTime);
setInterval(() => { if (document.visibilityState === "visible") parts.refresh(); }, 15_000); // ages of the connected screens

function argumentsOf(form: HTMLFormElement): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [name, value] of new FormData(form)) {
    if (name === "csrf_token" || name === "op_id" || typeof value !== "string") continue;
    if (OPTIONAL.has(name) && value === "") continue;
    found[name] = NUMBERS.has(name) && /^-?\d+$/.test(value) ? Number(value) : value;
  }
  return found;
}

async function give(form: HTMLFormElement): Promise<void> {
  const name = form.dataset.command ?? "";
  if (name === "go") {
    if (performance.now() - lastGo < REPEAT_MS) return; // a foot switch repeats its key
    lastGo = performance.now();
  }
  const answer = await command(NAMES[name] ?? `rundown.${name}`, argumentsOf(form));
  say(answer.ok ? "" : answer.text);
  if (answer.ok) for (const field of all<HTMLInputElement>("input[type=text], input:not([type])", form)) field.value = field.defaultValue;
  if (!answer.ok) lastGo = -Infinity;
  parts.refresh();
}

function say(text: string): void {
  const place = need('[data-part="flashes"]');
  place.replaceChildren(...(text ? [el("p", { class: "banner", "data-kind": "error", role: "alert" }, text)] : []));
  setData(place, "drawn", null);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.dataset.command) return;
  event.preventDefault();
  if (form.dataset.command === "go" && form.dataset.hold === "1000") return; // held, or asked
  void give(form);
});

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-confirm]") : null;
  if (!link) return;
  event.preventDefault();
  const dialog = el("dialog", { class: "dialog", "aria-label": link.dataset.confirm });
  const yes = el("button", { class: "button", "data-kind": "solid", type: "button" }, pick("はい、GO", "Yes, GO"));
  const no = el("button", { class: "button", type: "button" }, pick("やめる", "Cancel"));
  dialog.append(el("h2", {}, link.dataset.confirm), el("div", { class: "buttons" }, yes, no));
  yes.addEventListener("click", () => {
    dialog.close();
    const form = one<HTMLFormElement>('form[data-command="go"][data-hold]');
    if (form) void give(form);
  });
  no.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
});

let holding: ReturnType<typeof setTimeout> | undefined;

function hold(event: Event): void {
  const button = event.target instanceof Element ? event.target.closest<HTMLElement>(".go") : null;
  const form = button?.closest("form");
  if (!button || !form || form.dataset.hold !== "1000" || holding) return;
  if (event instanceof KeyboardEvent && (event.repeat || (event.key !== "Enter" && event.key !== " "))) return;
  button.dataset.held = "";
  holding = setTimeout(() => {
    release();
    void give(form);
  }, 1_000);
}

function release(): void {
  clearTimeout(holding);
  holding = undefined;
  for (const button of all(".go[data-held]")) delete button.dataset.held;
}

for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, hold);
for (const name of ["pointerup", "pointercancel", "keyup", "blur"]) addEventListener(name, release);

/** What only a script can do is shown only with one. */
function prepare(): void {
  for (const text of all("[data-hold-text]")) show(text, text.closest("form")?.dataset.hold === "1000");
}

function drawTime(now: number): void {
  const timer = channel.document?.sections.timer;
  const place = one(".air__time");
  if (place && timer) {
    const { text } = readTimer(timer, now);
    setData(place, "over", text.startsWith("+") ? "" : null);
    setData(place, "length", String(text.replace("+", "").length));
    setText(one("[data-timer]", place), text.replace("+", ""));
  }
  const bar = one("[data-timer-bar]");
  if (!bar || !timer) return;
  const { elapsed_ms, total_ms } = readTimer(timer, now);
  const share = total_ms > 0 ? Math.min(1, elapsed_ms / total_ms) : 1;
  one("i", bar)?.style.setProperty("transform", `scaleX(${share})`);
  one("b", bar)?.style.setProperty("inset-inline-start", `${total_ms > 0 ? 100 - (timer.warn_s * 100_000) / total_ms : 0}%`);
}

prepare();
