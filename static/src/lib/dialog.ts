/** One question before an act that cannot be taken back. The buttons of a page without scripts post directly. */
import { el, pick } from "./dom";

export interface Question {
  title: string;
  text?: string;
  /** Names the act: 「締め切る」, never 「OK」. */
  act: string;
  stay?: string;
}

/** Resolves to true only when the act's own button is pressed; Escape and the other button stay. */
export function confirmAct(question: Question): Promise<boolean> {
  const dialog = el("dialog", { class: "dialog", "aria-labelledby": "dialog-title" },
    el("form", { method: "dialog" },
      el("h2", { id: "dialog-title" }, question.title),
      question.text && el("p", { class: "pre" }, question.text),
      el("div", { class: "buttons" },
        el("button", { class: "button", value: "stay" }, question.stay ?? pick("やめる", "Cancel")),
        el("button", { class: "button", "data-kind": "solid", value: "act" }, question.act))));
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((done) => {
    dialog.addEventListener("close", () => {
      done(dialog.returnValue === "act");
      dialog.remove();
    });
  });
}
