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

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.dataset.command) return;
  event.preventDefault();
  void give(form);
});
