/**
 * The tablet's service worker: a reload without network shows the page that was last loaded, with the queue that lies in IndexedDB.
 *
 * It only reads what the page itself has kept (lib/shell.ts): the seat's own page, and built files, whose names change with their
 * content. It answers for nothing but the tablet's own addresses and those files: no other role's page, no document, no ballot.
 */
interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface Fetched extends Extendable {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

interface Scope {
  readonly registration: ServiceWorkerRegistration;
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(event: "install" | "activate", work: (event: Extendable) => void): void;
  addEventListener(event: "fetch", work: (event: Fetched) => void): void;
}

const worker = self as unknown as Scope;
const PATIENCE_MS = 4_000;
const SAID_BY_US = new Set([401, 403, 404, 409, 410]);
const TABLET = new URL(worker.registration.scope).pathname; // /judge, below the edition's root
const FILES = `${TABLET.slice(0, -"/judge".length)}/static/dist/`;
const CACHES = `tablet${TABLET}/`; // and the seat, as in lib/shell.ts

worker.addEventListener("install", (event) => event.waitUntil(worker.skipWaiting()));
worker.addEventListener("activate", (event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (isTablet(url)) event.respondWith(page(request, url));
  } else if (url.pathname.startsWith(FILES)) event.respondWith(file(request));
});

/** /judge and /judge/<contest>; what else lies below it is known by not being a paper of the kept page. */
function isTablet(url: URL): boolean {
  return url.pathname === TABLET || (url.pathname.startsWith(`${TABLET}/`) && /^[\w-]+$/.test(contestOf(url)));
}

function contestOf(url: URL): string {
  return url.pathname.slice(TABLET.length + 1);
}

/** A network that wants its own sign-in first answers with pages of its own. */
function isOurs(answer: Response): boolean {
  return answer.ok && (answer.headers.get("Content-Security-Policy") ?? "").startsWith("default-src 'none'");
}

/** The network's page when it answers in time and is ours; else the one that was kept. */
async function page(request: Request, url: URL): Promise<Response> {
  const asked = fetch(request);
  const answer = await Promise.race([asked.catch(() => null), silence()]);
  const seat = url.searchParams.get("seat") ?? "";
  if (answer && SAID_BY_US.has(answer.status)) {
    if (seat) await caches.delete(CACHES + seat); // signed out, or another device has the seat
    return answer;
  }
  if (answer && isOurs(answer)) return answer;
  return (await kept(seat, contestOf(url))) ?? answer ?? asked;
}

function silence(): Promise<null> {
  return new Promise((done) => setTimeout(() => done(null), PATIENCE_MS));
}

/** An address without a seat means the only one of this device. */
async function kept(asked: string, contest: string): Promise<Response | undefined> {
  const seats = (await caches.keys()).filter((name) => name.startsWith(CACHES)).map((name) => name.slice(CACHES.length));
  const seat = asked || (seats.length === 1 ? seats[0] : undefined);
  if (seat === undefined || !seats.includes(seat)) return undefined;
  const cache = await caches.open(CACHES + seat);
  const found = await cache.match(`${TABLET}?seat=${encodeURIComponent(seat)}`, { ignoreVary: true });
  return !contest || (await found?.clone().text())?.includes(`data-paper="${contest}"`) ? found : undefined;
}

async function file(request: Request): Promise<Response> {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

export {};
