/**
 * Crew pages and screens draw themselves again from their own address: whenever a newer document arrives, every
 * [data-part] is replaced by what the server draws now. Inputs stand outside of parts, so nobody's typing is touched.
 */
import { all, meta, setAttribute } from "./dom";
import type { LiveDocument } from "./protocol";

export interface Parts {
  /** Give it every document; it fetches when the document is newer than the page. */
  meet: (document: LiveDocument) => void;
  /** Draw again now. */
  refresh: () => void;
}

function newerThan(page: string, document: LiveDocument): boolean {
  const [epoch, rev] = page.split(".").map(Number);
  return document.epoch > (epoch ?? 0) || (document.epoch === epoch && document.rev > (rev ?? 0));
}

function replaceParts(fresh: Document): void {
  for (const part of all("[data-part]")) {
    const twin = fresh.querySelector(`[data-part="${CSS.escape(part.dataset.part ?? "")}"]`);
    if (!twin || twin.innerHTML === part.dataset.drawn) continue;
    if (document.activeElement?.matches("input, select, textarea") && part.contains(document.activeElement)) continue;
    const drawn = twin.innerHTML;
    const focus = part.contains(document.activeElement) ? (document.activeElement as HTMLElement).dataset.key : undefined;
    const open = all<HTMLDetailsElement>("details[data-keep-open]", part).map((node) => node.open);
    for (const { name, value } of [...twin.attributes]) setAttribute(part, name, value);
    part.replaceChildren(...[...twin.childNodes].map((node) => document.importNode(node, true)));
    part.dataset.drawn = drawn;
    all<HTMLDetailsElement>("details[data-keep-open]", part).forEach((node, index) => { node.open = open[index] ?? false; });
    if (focus) part.querySelector<HTMLElement>(`[data-key="${CSS.escape(focus)}"]`)?.focus();
  }
}

/** `each` runs after every redraw. */
export function keepParts(each: () => void = () => {}): Parts {
  let page = meta("live");
  let running = false;
  let again = false;

  async function refresh(): Promise<void> {
    if (running) {
      again = true;
      return;
    }
    running = true;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
      if (answer.ok) {
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        page = fresh.querySelector<HTMLMetaElement>('meta[name="live"]')?.content ?? page;
        replaceParts(fresh);
        each();
      }
    } catch {
      // No answer: the next document asks again.
    }
    running = false;
    if (again) {
      again = false;
      void refresh();
    }
  }

  return {
    meet: (document) => { if (newerThan(page, document)) void refresh(); },
    refresh: () => void refresh(),
  };
}
