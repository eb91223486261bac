/** The desk of the polls: each poll is drawn again with every document, the countdown runs on the server's clock. */
import { formatSeconds } from "../lib/clock";
import { all, pick, setText } from "../lib/dom";
import { runForms } from "../lib/forms";
import { openChannel } from "../lib/live";
import { keepParts } from "../lib/parts";
import { runTimers } from "../lib/timer";

runForms();
const parts = keepParts();
const channel = openChannel({
  namespace: "/crew",
  channel: "crew",
  screen: { id: "polls", scene: "desk" },
  onDocument: (document) => parts.meet(document),
  mayReload: () => !document.querySelector("input:focus, details[open]"),
});

runTimers(channel.clock, (now) => {
  if (!channel.clock.synced) return;
  for (const node of all<HTMLElement>("[data-closes]")) {
    const left = Math.ceil((Date.parse(node.dataset.closes ?? "") - now) / 1000);
    setText(node, left > 0 ? formatSeconds(left) : pick("締切", "Closed"));
  }
});
