/** The entry form: saves by itself while somebody types, says so, marks what is too long, counts down to the deadline. */
import { el, meta, need, one, all, pick, setData, setText } from "../lib/dom";
import { runForms } from "../lib/forms";

const PAUSE_MS = 1_200;
const RETRY_MS = 8_000;
const WAIT_MS = 10_000;
const CHANGED = 409;

interface Answer { ok: boolean; code?: string; text?: string; version?: number; saved?: string }

function fieldsOf(form: HTMLFormElement): Record<string, string[]> {
  const fields: Record<string, string[]> = {};
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && name !== "csrf_token" && name !== "version") (fields[name] ??= []).push(value);
  }
  return fields;
}

/** One save at a time; what is typed meanwhile goes with the next one. */
function keepSaving(form: HTMLFormElement, path: string): void {
  const version = need<HTMLInputElement>("[name=version]", form);
  let saved = JSON.stringify(fieldsOf(form));
  let timer = 0;
  let busy = false;
  let leaving = false;
  let pressed: (() => void) | undefined;  // waits for a save under way: sent at once it would carry the version before
  let failedSince = "";

  const say = (text: string, failed: boolean): void => {
    const line = one("#saved .saved");
    setData(line, "state", failed ? "failed" : "saved");
    setText(one("#saved .saved > span"), text);
  };
  const fail = (text: string): void => {
    failedSince ||= new Date().toTimeString().slice(0, 8);
    say(text || pick(`保存できていません ${failedSince}から`, `Not saved since ${failedSince}`), true);
  };
  const later = (ms: number): void => {
    clearTimeout(timer);
    timer = window.setTimeout(() => void save(), ms);
  };
  const save = async (): Promise<void> => {
    const fields = fieldsOf(form);
    const content = JSON.stringify(fields);
    if (busy || leaving || content === saved) return;
    busy = true;
    try {
      const response = await fetch(path, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": meta("csrf-token") },
        body: JSON.stringify({ version: Number(version.value), step: form.dataset.step, fields }),
        signal: AbortSignal.timeout(WAIT_MS),
      });
      const answer = (await response.json()) as Answer;
      if (answer.ok) {
        saved = content;
        failedSince = "";
        version.value = String(answer.version);
        say(pick(`保存しました ${answer.saved ?? ""}`, `Saved ${answer.saved ?? ""}`), false);
        if (JSON.stringify(fieldsOf(form)) !== saved) later(PAUSE_MS);
      } else if (response.status === CHANGED && answer.code === "entry.changed") {
        fail(pick("保存できていません。ほかの方が先に保存しました。「保存して次へ進む」を押すと見比べられます。", "Not saved: somebody else saved first. Press “Save and continue” to compare."));
      } else fail(answer.text ? pick(`保存できていません。${answer.text}`, `Not saved. ${answer.text}`) : "");
    } catch {
      fail("");
      later(RETRY_MS);
    } finally {
      busy = false;
      const go = pressed;
      pressed = undefined;
      go?.();
    }
  };
  form.addEventListener("input", () => later(PAUSE_MS));
  form.addEventListener("change", () => later(0));
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (!busy) return void (leaving = true);
    event.preventDefault();
    event.stopImmediatePropagation();
    const by = event.submitter;
    pressed = () => form.requestSubmit(by);
  });
  addEventListener("pageshow", () => { leaving = false; });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") void save(); });
  addEventListener("beforeunload", (event) => {
    if (!leaving && JSON.stringify(fieldsOf(form)) !== saved) event.preventDefault();
  });
}

/** Underlines what is beyond the limit, behind the text; the text itself stays as it was typed. */
function markExcess(area: HTMLTextAreaElement): void {
  const limit = Number(area.dataset.count);
  const back = el("div", { class: "input mirror__back", "aria-hidden": "true" });
  const box = el("div", { class: "mirror" });
  area.replaceWith(box);
  box.append(back, area);
  const draw = (): void => {
    const letters = [...area.value.replace(/\r\n?/g, "\n")];
    const over = letters.length > limit ? el("mark", {}, letters.slice(limit).join("")) : "";
    back.replaceChildren(over ? letters.slice(0, limit).join("") : "", over, "\n");
    back.scrollTop = area.scrollTop;
  };
  area.addEventListener("input", draw);
  area.addEventListener("scroll", draw);
  draw();
}

function countDown(line: HTMLElement): void {
  const ends = Date.parse(line.dataset.deadline ?? "");
  const start = performance.now();
  const began = Date.parse(line.dataset.now ?? "");
  const draw = (): void => {
    const minutes = Math.floor((ends - began - (performance.now() - start)) / 60_000);
    if (minutes < 0) return setText(line, pick("締め切りました", "Closed"));
    setText(one("[data-part=days]", line), String(Math.floor(minutes / 1440)));
    setText(one("[data-part=hours]", line), String(Math.floor(minutes / 60) % 24));
    setText(one("[data-part=minutes]", line), String(minutes % 60));
  };
  setInterval(draw, 10_000);
}

for (const area of all<HTMLTextAreaElement>("textarea[data-count]")) markExcess(area);
for (const line of all("[data-deadline]")) countDown(line);
const form = one<HTMLFormElement>("form[data-autosave]");
if (form?.dataset.autosave) keepSaving(form, form.dataset.autosave);
runForms();
