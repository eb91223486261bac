/** The state of the link in words: every .link-state of the page follows it. */
import { all, one, setData, setText } from "./dom";

export type LinkState = "connecting" | "ok" | "down" | "slow";

export function drawLink(state: LinkState): void {
  for (const node of all<HTMLElement>(".link-state")) {
    const key = `text${state.charAt(0).toUpperCase()}${state.slice(1)}`;
    setData(node, "link", state);
    setText(one("[data-link-text]", node), node.dataset[key] ?? "");
  }
}
