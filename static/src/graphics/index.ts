/** Every graphic by its name in `layers`, as a custom element. */
import AwardReveal from "./award-reveal";
import LowerThird from "./lower-third";
import Timer from "./timer";
import VoteProgress from "./vote-progress";

export const TAGS: Readonly<Record<string, string>> = {
  "lower-third": "graphic-lower-third",
  timer: "graphic-timer",
  "vote-progress": "graphic-vote-progress",
  "award-reveal": "graphic-award-reveal",
};

const CLASSES: Readonly<Record<string, CustomElementConstructor>> = {
  "lower-third": LowerThird,
  timer: Timer,
  "vote-progress": VoteProgress,
  "award-reveal": AwardReveal,
};

export function defineGraphics(): void {
  for (const [name, tag] of Object.entries(TAGS)) {
    const found = CLASSES[name];
    if (found && !customElements.get(tag)) customElements.define(tag, found);
  }
}
