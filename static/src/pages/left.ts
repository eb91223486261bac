/** The page of a device that lost its seat: what it has saved and not sent, from its own store; the rest leaves the device. */
import { formatClock } from "../lib/clock";
import { all, el, need, pick, show } from "../lib/dom";
import { runForms } from "../lib/forms";
import { newestOf, unitOf, type Version } from "../lib/queue";
import { forgetShell } from "../lib/shell";
import { openStore } from "../lib/store";

async function list(): Promise<void> {
  const seat = need("[data-left]").dataset.seat ?? "";
  const names = JSON.parse(need("#poll-names").textContent ?? "{}") as Record<string, string>;
  const store = await openStore();
  const unsent = (await store?.load(seat))?.versions ?? [];
  const units = [...new Set(unsent.map(unitOf))].map((unit) => newestOf(unsent.filter((one) => unitOf(one) === unit)) as Version);
  need("[data-unsent]").append(...units.map((version) => el("li", {}, words(version, names[version.contest] ?? version.contest))));
  for (const node of all("[data-help]")) show(node, units.length > 0);
  for (const node of all("[data-none]")) show(node, units.length === 0);
  await store?.forget(seat);
  await forgetShell(seat);
}

function words(version: Version, poll: string): string {
  const at = formatClock(Date.parse(version.saved_at));
  const what = version.entry ? `${poll} (${version.entry})` : poll;
  return pick(`${what}: ${at} に端末へ保存`, `${what}: saved on this device at ${at}`);
}

runForms();
void list();
