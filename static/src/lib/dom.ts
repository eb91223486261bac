/** Tiny helpers around the document. Text goes in as text only; nothing here takes HTML. */

export function one<E extends Element = HTMLElement>(selector: string, root: ParentNode = document): E | null {
  return root.querySelector<E>(selector);
}

/** Like `one`, for what the template promises to contain. */
export function need<E extends Element = HTMLElement>(selector: string, root: ParentNode = document): E {
  const found = root.querySelector<E>(selector);
  if (!found) throw new Error(`the page lacks ${selector}`);
  return found;
}

export function all<E extends Element = HTMLElement>(selector: string, root: ParentNode = document): E[] {
  return [...root.querySelectorAll<E>(selector)];
}

/** Writes only what differs, so that screen readers and layout rest. */
export function setText(node: Element | null, text: string): void {
  if (node && node.textContent !== text) node.textContent = text;
}

export function setData(node: HTMLElement | null, key: string, value: string | null): void {
  if (!node || node.dataset[key] === (value ?? undefined)) return;
  if (value === null) delete node.dataset[key];
  else node.dataset[key] = value;
}

export function setAttribute(node: Element | null, name: string, value: string | null): void {
  if (!node || node.getAttribute(name) === value) return;
  if (value === null) node.removeAttribute(name);
  else node.setAttribute(name, value);
}

export function show(node: Element | null, visible: boolean): void {
  node?.toggleAttribute("hidden", !visible);
}

type Child = Node | string | null | undefined | false;

/** el("li", {class: "seat", "data-state": "empty"}, "町田市") */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string | boolean | null | undefined> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(name, "");
    else if (typeof value === "string") node.setAttribute(name, value);
  }
  node.append(...children.filter((child): child is Node | string => Boolean(child)));
  return node;
}

export function meta(name: string): string {
  return document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? "";
}

/** The address of a path of this edition (/@slug/… for another one). */
export function at(path: string): string {
  return meta("root") + path;
}

/** pick("接続中", "Connected") by the language of the page. */
export function pick(japanese: string, english: string): string {
  return document.documentElement.lang === "en" ? english : japanese;
}

/** A random id that works on plain HTTP as well, where crypto.randomUUID does not exist. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const SVG = "http://www.w3.org/2000/svg";
type SignName = "empty" | "half" | "full" | "check" | "absent" | "recused";
const SIGNS: Record<SignName, [fill: string, stroke: string]> = {
  empty: ["", "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14z"],
  half: ["M10 3a7 7 0 0 0 0 14z", "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14z"],
  full: ["M10 1.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z", ""],
  check: ["M10 1a9 9 0 1 1 0 18 9 9 0 0 1 0-18zm-1.2 12.9 6-6-1.4-1.4-4.6 4.6-2.2-2.2-1.4 1.4z", ""],
  absent: ["M4 9.2h12v1.6H4z", ""],
  recused: ["", "m5 5 10 10M15 5 5 15"],
};

/** The same signs as templates/components/signs.html, for lists that a script draws. */
export function sign(name: SignName, label = ""): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "sign");
  svg.setAttribute("viewBox", "0 0 20 20");
  if (label) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
  } else svg.setAttribute("aria-hidden", "true");
  const [fill, stroke] = SIGNS[name];
  if (fill) svg.append(path({ d: fill, "fill-rule": "evenodd" }));
  if (stroke) svg.append(path({ d: stroke, fill: "none", stroke: "currentColor", "stroke-width": "1.8" }));
  return svg;
}

function path(attributes: Record<string, string>): SVGPathElement {
  const node = document.createElementNS(SVG, "path");
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}
