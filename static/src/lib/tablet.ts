/** What the tablet's page does beside voting: it says which seat it holds, survives a reload without network, and leaves cleanly. */
import { at, one } from "./dom";
import type { Outbox } from "./outbox";
import type { LiveDocument } from "./protocol";
import { forgetShell } from "./shell";
import { isNewer } from "./version";

const LEAVE_MS = 10_000;

/** The address names the seat, so that a reload of this tab shows this seat although the browser may hold another; and the ballot in front. */
export function showSeat(seat: string, front: string, bringToFront: (contest: string) => void): void {
  const address = new URL(location.href);
  if (address.searchParams.get("seat") !== seat) {
    address.searchParams.set("seat", seat);
    history.replaceState(null, "", address);
  }
  const asked = address.pathname.slice(at("/judge/").length);
  if (asked && asked !== front && one(`[data-paper="${CSS.escape(asked)}"]`)) bringToFront(asked); // a kept page has one front only
}

/** The document in the page, or the one that this device has kept since, whichever is newer. */
export async function newerDocument(box: Outbox, seat: string, embedded: LiveDocument): Promise<LiveDocument> {
  const kept = (await box.store?.document(seat).catch(() => null)) ?? null;
  return kept && isNewer([kept.epoch, kept.rev], [embedded.epoch, embedded.rev]) ? kept : embedded;
}

/** Seats whose unsent ballots lie on this device beside this one's: two cards in one browser, or a tablet that went round. */
export async function otherSeats(box: Outbox, seat: string): Promise<string[]> {
  const all = (await box.store?.everything().catch(() => [])) ?? [];
  return [...new Set(all.map((version) => version.seat))].filter((other) => other !== seat).sort();
}

/** Another device has the seat: once lost answers were asked for, the server's page says so, with what was not sent. */
export function leaveWhenTaken(box: Outbox, seat: string): void {
  let since = 0;
  const watch = setInterval(() => {
    if (!box.takenOver || !box.durable) return; // what lies in memory only would be lost with this page
    since ||= Date.now();
    if (!box.quiet && Date.now() - since < LEAVE_MS) return;
    clearInterval(watch);
    void forgetShell(seat);
    location.replace(`${at("/judge")}?seat=${encodeURIComponent(seat)}`);
  }, 500);
}

/** Signing out takes the seat's page and documents off this device; what was never sent stays until the card is used again. */
export function onSignOut(box: Outbox, seat: string): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (!form.matches("[data-leave]") || event.defaultPrevented) return;
    event.preventDefault();
    void Promise.all([box.leave(), forgetShell(seat)]).then(() => form.submit());
  });
}
