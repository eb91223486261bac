/** The reveal's console: its forms become commands that carry the step which the director saw; parts are redrawn. */
import { command } from "../lib/command";
import { el, need, setData } from "../lib/dom";
import { openChannel } from "../lib/live";
import { keepParts } from "../lib/parts";
import { runTimers } from "../lib/timer";

const REPEAT_MS = 1_500;
let last = -Infinity;

const parts = keepParts();
const channel = openChannel({
  namespace: "/crew",
  channel: "crew",
  screen: { id: "reveal", scene: "reveal" },
  onDocument: (document) => parts.meet(document),
});
runTimers(channel.clock);

function argumentsOf(form: HTMLFormElement): Record<string, unknown> {
  if (form.dataset.command === "reveal.hold") return {};
  const data = new FormData(form);
  const step = String(data.get("step"));
  return step === "idle" ? {} : { from: [Number(data.get("n")), step] };
}

async function give(form: HTMLFormElement): Promise<void> {
  if (performance.now() - last < REPEAT_MS) return; // a foot switch repeats its key
  last = performance.now();
  const answer = await command(form.dataset.command ?? "", argumentsOf(form));
  if (!answer.ok) last = -Infinity;
  const place = need('[data-part="flashes"]');
  place.replaceChildren(...(answer.ok ? [] : [el("p", { class: "banner", "data-kind": "error", role: "alert" }, answer.text)]));
  setData(place, "drawn", null);
  parts.refresh();
}

/** A sealer's glance: the plain form's answer, shown in its box for a few seconds and taken away again. */
async function peek(form: HTMLFormElement): Promise<void> {
  const box = need("[data-peek-box]");
  const masked = [...box.childNodes].map((node) => node.cloneNode(true));
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "text/html" }, cache: "no-store" });
  const told = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-peek-box]");
  if (!answer.ok || !told) {
    parts.refresh();
    return;
  }
  const button = need<HTMLButtonElement>("button", form);
  button.hidden = true;
  box.replaceChildren(...[...told.childNodes].map((node) => document.importNode(node, true)));
  window.setTimeout(() => {
    box.replaceChildren(...masked);
    button.hidden = false;
  }, Number(box.dataset.seconds) * 1_000);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form instanceof HTMLFormElement && form.dataset.peek !== undefined) {
    event.preventDefault();
    void peek(form);
    return;
  }
  if (!(form instanceof HTMLFormElement) || !form.dataset.command) return;
  event.preventDefault();
  void give(form);
});
