/**
 * Where a tablet's ballots lie (IndexedDB), shared by all tabs of a browser: `rev` is allotted inside the transaction, and every
 * change is told to the other tabs. Also keeps the newest document of each seat, so that a reload without network shows it.
 */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { meta } from "./dom";
import type { LiveDocument } from "./protocol";
import { type Confirmed, type Kept, type Store, unitOf, type Version } from "./queue";

interface Tables extends DBSchema {
  versions: { key: string; value: Version; indexes: { seat: string } };
  revs: { key: string; value: { unit: string; rev: number } };
  confirmed: { key: string; value: Confirmed & { key: string }; indexes: { seat: string } };
  documents: { key: string; value: { seat: string; document: LiveDocument } };
}

type Database = IDBPDatabase<Tables>;

function nameOfStore(): string {
  return `ballots${meta("root") || "/"}${meta("edition")}`;
}

function open(): Promise<Database> {
  return openDB<Tables>(nameOfStore(), 2, {
    upgrade(base, from, _to, change) {
      if (from < 1) {
        base.createObjectStore("versions", { keyPath: "op_id" });
        base.createObjectStore("revs", { keyPath: "unit" });
      }
      change.objectStore("versions").createIndex("seat", "seat");
      base.createObjectStore("confirmed", { keyPath: "key" }).createIndex("seat", "seat");
      base.createObjectStore("documents", { keyPath: "seat" });
    },
  });
}

export class BrowserStore implements Store {
  private readonly tabs = typeof BroadcastChannel === "function" ? new BroadcastChannel(nameOfStore()) : null;

  constructor(private database: Database) {}

  /** Calls when another tab has changed something of any seat. */
  onElsewhere(told: () => void): void {
    this.tabs?.addEventListener("message", told);
  }

  /** Browsers close databases of pages that slept: one more try with a fresh one. */
  private async within<T>(work: (base: Database) => Promise<T>): Promise<T> {
    try {
      return await work(this.database);
    } catch {
      this.database = await open();
      return work(this.database);
    }
  }

  async load(seat: string): Promise<Kept> {
    return this.within(async (base) => {
      const [versions, confirmed] = await Promise.all([
        base.getAllFromIndex("versions", "seat", seat),
        base.getAllFromIndex("confirmed", "seat", seat),
      ]);
      return { versions, confirmed: confirmed.map(({ key: _key, ...one }) => one) };
    });
  }

  async keep(version: Version, floor: number): Promise<number> {
    return this.within(async (base) => {
      const unit = `${version.seat}/${unitOf(version)}/${version.lease}`;
      const change = base.transaction(["versions", "revs"], "readwrite", { durability: "strict" });
      const known = await change.objectStore("revs").get(unit);
      const rev = Math.max(floor, known?.rev ?? 0) + 1;
      await Promise.all([
        change.objectStore("revs").put({ unit, rev }),
        change.objectStore("versions").put({ ...version, rev }),
        change.done,
      ]);
      this.tabs?.postMessage("kept");
      return rev;
    });
  }

  async settle(seat: string, gone: readonly string[], confirmed?: Confirmed | null): Promise<void> {
    if (!gone.length && !confirmed) return;
    await this.within(async (base) => {
      const change = base.transaction(["versions", "confirmed"], "readwrite");
      const work: Promise<unknown>[] = gone.map((key) => change.objectStore("versions").delete(key));
      if (confirmed) work.push(change.objectStore("confirmed").put({ ...confirmed, key: `${seat}/${unitOf(confirmed)}` }));
      await Promise.all([...work, change.done]);
    });
    this.tabs?.postMessage("settled");
  }

  async requeue(version: Version): Promise<void> {
    await this.within(async (base) => {
      const change = base.transaction(["versions", "confirmed"], "readwrite", { durability: "strict" });
      await Promise.all([
        change.objectStore("versions").put(version),
        change.objectStore("confirmed").delete(`${version.seat}/${unitOf(version)}`),
        change.done,
      ]);
    });
    this.tabs?.postMessage("kept");
  }

  async keepDocument(seat: string, document: LiveDocument): Promise<void> {
    await this.within((base) => base.put("documents", { seat, document }));
  }

  async document(seat: string): Promise<LiveDocument | null> {
    return (await this.within((base) => base.get("documents", seat)))?.document ?? null;
  }

  /** Unsent versions of every seat that was ever opened here, for pages that say so. */
  async everything(): Promise<Version[]> {
    return this.within((base) => base.getAll("versions"));
  }

  /** Signed out or taken over: what the seat has said leaves this device; what was never sent stays, it is nowhere else. */
  async forget(seat: string): Promise<void> {
    await this.within(async (base) => {
      const change = base.transaction(["confirmed", "documents"], "readwrite");
      const keys = await change.objectStore("confirmed").index("seat").getAllKeys(seat);
      await Promise.all([
        ...keys.map((key) => change.objectStore("confirmed").delete(key)),
        change.objectStore("documents").delete(seat),
        change.done,
      ]);
    });
  }
}

/** Null where the browser refuses storage: then a reload would lose what was not sent, and the page says so. */
export async function openStore(): Promise<BrowserStore | null> {
  try {
    const base = await open();
    void navigator.storage?.persist?.();
    return new BrowserStore(base);
  } catch {
    return null;
  }
}
