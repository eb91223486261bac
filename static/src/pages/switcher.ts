/** The stream desk: copies addresses, and redraws its parts when the overlay's document changes. */
import { all, need, one, setText } from "../lib/dom";
import { runForms } from "../lib/forms";
import { openChannel } from "../lib/live";
import { runTimers } from "../lib/timer";

const COPIED_MS = 2_000;
const LOOK_MS = 10_000;

for (const button of all<HTMLButtonElement>("[data-copy]")) {
  const { textContent: word } = button;
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    const field = need<HTMLInputElement>(`#${button.dataset["copy"]}`);
    field.select();
    await navigator.clipboard.writeText(field.value);
    setText(button, "コピーしました");
    setTimeout(() => setText(button, word ?? ""), COPIED_MS);
  });
}

/** The server draws this page; only the parts that changed are put in. */
async function redraw(): Promise<void> {
  if (document.activeElement?.closest("[data-part]")) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of all<HTMLElement>("[data-part]")) {
    const newer = one(`[data-part="${part.dataset["part"]}"]`, fresh);
    if (newer && newer.innerHTML !== part.innerHTML) part.replaceChildren(...document.importNode(newer, true).childNodes);
  }
}

let firstDocument = true;
const channel = openChannel({
  namespace: "/screen",
  channel: "overlay",
  onDocument: () => {
    if (!firstDocument) void redraw();
    firstDocument = false;
  },
});
runTimers(channel.clock);
runForms();
setInterval(() => void redraw(), LOOK_MS);
