/** Private notes of a judge: in this browser's IndexedDB and nowhere else; nothing here ever talks to the server. */
import { type IDBPDatabase, openDB } from "idb";
import { all, meta, need, pick, setData, setText, show } from "../lib/dom";

const WAIT_MS = 300;
type Notes = IDBPDatabase<{ notes: { key: string; value: string } }>;

/** Shows the note fields and keeps what is written, per seat and entry; without storage they stay hidden. */
export async function keepNotes(seat: string): Promise<void> {
  const db = await openNotes();
  if (!db) return;
  const fields = all<HTMLTextAreaElement>("textarea[data-note]");
  for (const field of fields) {
    field.value = (await db.get("notes", keyOf(seat, field))) ?? "";
    mark(field);
    show(need("[data-note-home]", field.closest(".vote__more") ?? document), true);
    watch(db, seat, field, fields);
  }
}

async function openNotes(): Promise<Notes | null> {
  try {
    return await openDB(`notes${meta("root") || "/"}${meta("edition")}`, 1, { upgrade(fresh) { fresh.createObjectStore("notes"); } });
  } catch {
    return null;
  }
}

function keyOf(seat: string, field: HTMLTextAreaElement): string {
  return `${seat} ${field.dataset.note ?? ""}`;
}

function watch(db: Notes, seat: string, field: HTMLTextAreaElement, fields: HTMLTextAreaElement[]): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const keep = (): void => {
    clearTimeout(timer);
    void (field.value.trim() ? db.put("notes", field.value, keyOf(seat, field)) : db.delete("notes", keyOf(seat, field)));
  };
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, WAIT_MS);
    for (const twin of fields.filter((one) => one.dataset.note === field.dataset.note)) {
      if (twin !== field) twin.value = field.value;
      mark(twin);
    }
  });
  field.addEventListener("change", keep);
  addEventListener("pagehide", keep);
}

function mark(field: HTMLTextAreaElement): void {
  const home = field.closest<HTMLElement>(".vote__more");
  const written = field.value.trim() !== "";
  setData(home, "noted", written ? "" : null);
  setText(home?.querySelector("[data-note-word]") ?? null, written ? pick("メモあり", "Noted") : pick("メモ", "Note"));
}
