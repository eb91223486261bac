/**
 * How words fit on air (design/screens/stage.md §4): one function for titles, one for bodies, one for prizes.
 * Widths are counted in ems as the font gives them. Never an ellipsis, never a third line, never below 28 px.
 */

export type Measure = (text: string) => number;

export const FLOOR_PX = 28;
const FAMILY = '"Noto Sans JP Variable", "Noto Sans JP", sans-serif';
const NO_START = "、。，．・：；？！ー々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ」』）】〕》〉)]";
const NO_END = "「『（【〔《〈([";

let context: CanvasRenderingContext2D | null = null;

/** Width in ems in the bold face of the stream; half-width Latin counts about .55. */
export function ems(text: string): number {
  context ??= document.createElement("canvas").getContext("2d");
  if (!context) return [...text].length;
  context.font = `700 100px ${FAMILY}`;
  return context.measureText(text).width / 100;
}

export interface FittedTitle {
  lines: string[];
  size: number;
}

/**
 * The ladder for a title: base px with lines of at most `width` px, then 44 px, then smaller down to the floor.
 * Stored breaks are the rule; a title without them is broken once, where the lines come out most even.
 */
export function fitTitle(stored: readonly string[], base: number, width: number, measure: Measure = ems): FittedTitle {
  const lines = stored.length > 2 ? halve(stored.join(""), measure) : [...stored];
  const broken = lines.length === 1 && measure(lines[0] ?? "") * base > width ? halve(lines[0] ?? "", measure) : lines;
  const longest = Math.max(...broken.map(measure), 1);
  const size = [base, 44, 40, 36, 32].find((px) => px <= base && longest * px * 1.01 <= width) ?? FLOOR_PX;
  return { lines: broken, size };
}

/** Pure: two lines as even as Japanese line breaking allows. */
export function halve(text: string, measure: Measure): string[] {
  const letters = [...text];
  const whole = measure(text);
  let best = 0;
  let uneven = Infinity;
  for (let at = 1; at < letters.length; at += 1) {
    if (!mayBreak(letters[at - 1] ?? "", letters[at] ?? "")) continue;
    const difference = Math.abs(measure(letters.slice(0, at).join("")) * 2 - whole);
    if (difference < uneven) [best, uneven] = [at, difference];
  }
  const cut = best || Math.ceil(letters.length / 2);
  return [letters.slice(0, cut).join("").trimEnd(), letters.slice(cut).join("").trimStart()];
}

function mayBreak(before: string, after: string): boolean {
  if (NO_START.includes(after) || NO_END.includes(before)) return false;
  return !(/[\x21-\x7e]/.test(before) && /[\x21-\x7e]/.test(after));
}

export interface FittedNames {
  lines: string[];
  /** How many names decide the size: 1, 2 or 3. */
  count: 1 | 2 | 3;
  /** 3市共同, or nothing for one body. */
  joint: string;
}

/** Pure: one name large; two or three on two lines, ・ at the end of the line; four or more as 「○○市ほか3市」. */
export function fitNames(names: readonly string[]): FittedNames {
  const [first = "", second = "", third = ""] = names;
  const kinds = kindsOf(names);
  if (names.length <= 1) return { lines: [first], count: 1, joint: "" };
  const joint = `${names.length}${kinds}共同`;
  if (names.length === 2) return { lines: [`${first}・`, second], count: 2, joint };
  if (names.length === 3) return { lines: [`${first}・${second}・`, third], count: 3, joint };
  return { lines: [first, `ほか${names.length - 1}${kindsOf(names.slice(1))}`], count: 2, joint };
}

/** 市, 区市, 市町村 …: what these bodies are, in the usual order; 団体 when one is none of them. */
function kindsOf(names: readonly string[]): string {
  const last = new Set(names.map((name) => name.slice(-1)));
  const kinds = [..."区市町村"].filter((kind) => last.has(kind));
  return [...last].every((kind) => "区市町村".includes(kind)) ? kinds.join("") : "団体";
}

/** Pure: "2" and "3" characters have sizes of their own, longer names of prizes stand on two lines. */
export function fitPrize(lines: readonly string[]): { lines: string[]; em: "2" | "3" | "long" } {
  const length = Math.max(...lines.map((line) => [...line].length));
  return { lines: [...lines], em: lines.length > 1 || length > 3 ? "long" : length === 3 ? "3" : "2" };
}

/** 行政サービス部門 as 行政サービス / 部門, several after the sign between them: the narrow plate never breaks inside a word. */
export function fitCategory(name: string): string {
  if (name.includes("・")) return name.replaceAll("・", "・\n");
  return name.length > 7 ? name.replace(/部門$/, "\n部門") : name;
}
