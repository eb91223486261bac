/**
 * What a reload without network needs: the seat's own page and the built files that it has loaded, in one cache per edition and
 * seat, read by static/src/workers/tablet.ts. Everything leaves the device with the sign-out or the take-over.
 */
import { at, meta } from "./dom";

/** Plain HTTP on an address of the hall has no service worker: there a reload needs the network, and the page says so. */
export function canReloadOffline(): boolean {
  return isSecureContext && "serviceWorker" in navigator && "caches" in window;
}

function nameOf(seat: string): string {
  return `tablet${at("/judge")}/${seat}`;
}

export async function keepShell(seat: string): Promise<void> {
  if (!canReloadOffline()) return;
  try {
    await navigator.serviceWorker.register(at("/judge/worker.js"), { scope: at("/judge") });
    const address = `${at("/judge")}?seat=${encodeURIComponent(seat)}`;
    const page = await fetch(address, { headers: { Accept: "text/html" }, cache: "no-store" });
    if (!page.ok || page.redirected || page.headers.get("X-Tablet") !== meta("build")) return;
    await keepFiles(seat, page, address);
  } catch {
    // Offline, or storage is full: what was kept before is still there.
  }
}

/** Files first, then the page that needs them; those of an earlier build go when the new page is whole. */
async function keepFiles(seat: string, page: Response, address: string): Promise<void> {
  const cache = await caches.open(nameOf(seat));
  const before = await cache.match(address, { ignoreVary: true });
  await loadFonts();
  const files = loadedFiles();
  await Promise.all(files.map((file) => keepFile(cache, file)));
  await cache.put(address, page);
  if (before?.headers.get("X-Tablet") !== meta("build")) {
    const wanted = new Set([...files, new URL(address, location.href).href]);
    for (const one of await cache.keys()) if (!wanted.has(one.url)) await cache.delete(one);
  }
  new PerformanceObserver((list) => {
    for (const { name } of list.getEntries()) if (isFile(name)) void keepFile(cache, name).catch(() => undefined);
  }).observe({ type: "resource" });
}

/** The letters of every ballot, also of those that are not shown yet. */
async function loadFonts(): Promise<void> {
  const { fontFamily } = getComputedStyle(document.body);
  const text = document.body.textContent ?? "";
  await Promise.allSettled([400, 700].map((weight) => document.fonts.load(`${weight} 16px ${fontFamily}`, text)));
}

function loadedFiles(): string[] {
  const linked = [...document.querySelectorAll<HTMLLinkElement | HTMLScriptElement>("link[rel=stylesheet], script[src]")];
  const names = [...performance.getEntriesByType("resource").map(({ name }) => name), ...linked.map((one) => ("src" in one ? one.src : one.href))];
  return [...new Set(names.filter(isFile))];
}

function isFile(name: string): boolean {
  const url = new URL(name, location.href);
  return url.origin === location.origin && url.pathname.startsWith(at("/static/dist/"));
}

async function keepFile(cache: Cache, name: string): Promise<void> {
  if (!(await cache.match(name, { ignoreVary: true }))) await cache.add(name);
}

/** Signed out, or another device has the seat: its page leaves this device. */
export async function forgetShell(seat: string): Promise<void> {
  if ("caches" in window) await caches.delete(nameOf(seat)).catch(() => false);
}
