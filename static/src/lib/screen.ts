/** The read-only token in a screen's address; empty when a member of the crew looks. */
export function screenToken(): string {
  return new URLSearchParams(location.search).get("token") ?? "";
}
