/** What a benchmark is given. */
export interface Bench {
  /** Builds and synthesizes the service, at the first call; gives CDK's output directory. */
  cdkOut(): Promise<string>;
  /** Tells what is going on. */
  progress(line: string): void;
}

/** What a benchmark gives: one headline against its floor, the aims, and a table. */
export interface Result {
  value: number;
  unit: string;
  /** The same done without us, taken in the same run. */
  floor: number;
  ratio: number;
  aims: Aim[];
  /** What the figures stand for, as far as their names do not say it. */
  notes: string[];
  rows: Record<string, Row>;
}

export type Row = Record<string, number | string>;

/** A limit that we mean to keep. */
export interface Aim {
  what: string;
  value: number;
  limit: number;
  met: boolean;
}

export const atMost = (what: string, value: number, limit: number): Aim => ({
  what: `${what} at most ${limit}`,
  value: round(value),
  limit,
  met: value <= limit,
});

export const atLeast = (what: string, value: number, limit: number): Aim => ({
  what: `${what} at least ${limit}`,
  value: round(value),
  limit,
  met: value >= limit,
});

/** The number with three significant digits, or whole where it has more: what is beyond is noise. */
export function round(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}

/** The headline of a benchmark: a value, its floor and their ratio. */
export const headline = (value: number, unit: string, floor: number) => ({
  value: round(value),
  unit,
  floor: round(floor),
  ratio: round(value / floor),
});
