/** What every page with a form may use: focus on errors, counts, one submission per press, printing, choices that submit. */
import { all, el, one, pick, setAttribute, setData, setText } from "./dom";
import { countCharacters } from "./text";

type TextControl = HTMLInputElement | HTMLTextAreaElement;

function watchCount(control: TextControl): void {
  const limit = Number(control.dataset.count);
  const counter = one(`[data-count-for="${CSS.escape(control.id)}"]`);
  const underline = control instanceof HTMLTextAreaElement ? mirror(control, limit) : null;
  const draw = (): void => {
    const length = countCharacters(control.value);
    setText(counter, `${length} / ${limit}${pick("字", "")}`);
    setData(counter, "over", length > limit ? "" : null);
    underline?.(length > limit);
  };
  control.addEventListener("input", draw);
  draw();
}

/** Underlines what is over the limit: a copy of the text lies behind the area, because a textarea cannot mark. */
function mirror(area: HTMLTextAreaElement, limit: number): (over: boolean) => void {
  const focused = document.activeElement === area;
  const back = el("div", { class: "input mirror__back", "aria-hidden": "true" });
  const box = el("div", { class: "mirror" });
  area.replaceWith(box);
  box.append(back, area);
  if (focused) area.focus();
  area.addEventListener("scroll", () => { back.scrollTop = area.scrollTop; }, { passive: true });
  return (over) => {
    const letters = over ? [...area.value] : [];
    back.replaceChildren(letters.slice(0, limit).join(""), el("mark", {}, letters.slice(limit).join("")));
  };
}

function once(form: HTMLFormElement): void {
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) return event.preventDefault();
    sent = true;
    setAttribute(event.submitter, "aria-busy", "true");
  });
  // A page that comes back from the history cache must be usable again.
  addEventListener("pageshow", () => { sent = false; });
}

/** Call once per page; pages/page.ts does nothing else. */
export function runForms(): void {
  for (const control of all<TextControl>("[data-count]")) watchCount(control);
  for (const form of all<HTMLFormElement>("form[method=post]:not([data-many])")) once(form);
  for (const button of all("[data-print]")) button.addEventListener("click", () => print());
  for (const form of all<HTMLFormElement>("form[data-autosubmit]")) form.addEventListener("change", () => form.requestSubmit());
  one("[data-focus]")?.focus();
}
