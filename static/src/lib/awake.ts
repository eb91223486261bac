/** The tablet's screen stays on while it is in front, where the browser can (a secure context, enough battery). */

let lock: WakeLockSentinel | null = null;

export function stayAwake(): void {
  document.addEventListener("visibilitychange", () => void ask());
  void ask();
}

async function ask(): Promise<void> {
  if (document.visibilityState !== "visible" || !("wakeLock" in navigator) || (lock && !lock.released)) return;
  try {
    lock = await navigator.wakeLock.request("screen");
  } catch {
    // Refused (battery, policy): the tablet's own settings decide.
  }
}
