/** Counting characters as Japanese forms count. Pure. */

/** Unicode code points after NFC, a line break counts one: as the server counts. */
export function countCharacters(text: string): number {
  return [...text.normalize("NFC").replace(/\r\n?/g, "\n")].length;
}
