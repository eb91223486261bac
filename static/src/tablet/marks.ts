/** Marks by criteria and grade, and what a pressed button means; pure. The same as eventapp/rules/marks.py and voting/forms.py. */
import type { BallotBody, CriterionWords } from "../lib/protocol";

export type Marks = Record<string, number>;

/** Gives the criterion the value; the value that it has already takes it off. */
export function press(marks: Readonly<Marks>, criterion: string, value: number): Marks {
  const { [criterion]: before, ...others } = marks;
  return before === value ? others : { ...others, [criterion]: value };
}

/** The criteria that the mark lacks: a mark lacking any counts as none. */
export function missing(marks: Readonly<Marks>, criteria: readonly CriterionWords[]): CriterionWords[] {
  return criteria.filter((one) => !(one.code in marks));
}

/** The judge's own weighted sum, for reading only. */
export function total(marks: Readonly<Marks>, criteria: readonly CriterionWords[]): string {
  const sum = criteria.reduce((before, one) => before + (marks[one.code] ?? 0) * one.weight, 0);
  return String(Math.round(sum * 100) / 100);
}

export function marksOf(body: BallotBody | null | undefined): Marks {
  return body && "marks" in body ? body.marks : {};
}

export function gradeOf(body: BallotBody | null | undefined): string | null {
  return body && "grade" in body ? body.grade : null;
}

export function namesOf(body: BallotBody | null | undefined): string[] {
  if (!body) return [];
  if ("ranking" in body) return body.ranking;
  return "entries" in body ? body.entries : [];
}

/** Does the ballot say nothing: a blank ballot, a mark taken back? */
export function isBlank(body: BallotBody | null | undefined): boolean {
  return !namesOf(body).length && !Object.keys(marksOf(body)).length && gradeOf(body) === null;
}

export type Pressed =
  | { kind: "place"; place: number; entry: string }
  | { kind: "move"; step: -1 | 1; entry: string }
  | { kind: "abstain" }
  | { kind: "level"; criterion: string; value: number; entry: string }
  | { kind: "grade"; index: number; entry: string }
  | { kind: "none"; entry: string };

/** The meaning of a button's name and value; null: no button of a ballot. */
export function readPress(name: string, value: string): Pressed | null {
  const words = value.split(" ");
  const entry = words.at(-1) ?? "";
  const [first = "", second = ""] = words;
  if (name === "tap") return value === "abstain" ? { kind: "abstain" } : { kind: "place", place: Number(first), entry };
  if (name === "move") return { kind: "move", step: first === "up" ? -1 : 1, entry };
  if (name !== "mark") return null;
  if (words.length === 3) return { kind: "level", criterion: first, value: Number(second), entry };
  return first === "none" ? { kind: "none", entry } : { kind: "grade", index: Number(first), entry };
}
