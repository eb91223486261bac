/** The chair's board: parts are redrawn with every document, the countdown from the server's clock. */
import { formatSeconds } from "../lib/clock";
import { all, pick, setText } from "../lib/dom";
import { openChannel } from "../lib/live";
import { keepParts } from "../lib/parts";
import { runTimers } from "../lib/timer";

const parts = keepParts();
const channel = openChannel({
  namespace: "/crew",
  channel: "chair",
  screen: { id: "chair", scene: "board" },
  onDocument: (document) => parts.meet(document),
  mayReload: () => !document.querySelector("input:focus, details.confirm[open]"),
});
let graced = "";

/** The countdown, then what is left for delayed ballots; the page's words change when the first ends. */
function drawCountdown(now: number): void {
  for (const node of all<HTMLElement>("[data-closes]")) {
    const left = Math.ceil((Date.parse(node.dataset.closes ?? "") - now) / 1000);
    const delayed = Math.ceil((Date.parse(node.dataset.delayed ?? "") - now) / 1000);
    setText(node, left > 0 ? formatSeconds(left) : delayed > 0 ? formatSeconds(delayed) : pick("締切", "Closed"));
    if (left <= 0 && graced !== node.dataset.closes) {
      graced = node.dataset.closes ?? "";
      parts.refresh();
    }
  }
}

runTimers(channel.clock, (now) => { if (channel.clock.synced) drawCountdown(now); });
setInterval(() => { if (document.visibilityState === "visible") parts.refresh(); }, 15_000); // ages of silent tablets
