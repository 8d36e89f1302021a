import type { FilledClinics } from './filled-clinics.ts';

/** The context of a benchmark. */
export interface Bench {
  /** Clinics with many items. */
  clinics: FilledClinics;
  /** Builds and synthesizes the service, at the first call; returns CDK's output directory. */
  cdkOut(): Promise<string>;
  /** Reports progress. */
  progress(line: string): void;
}

/** The result of a benchmark: one headline against its floor, the aims, and a table. */
export interface Result {
  value: number;
  unit: string;
  /** The same work without our code, measured in the same run. */
  floor: number;
  ratio: number;
  aims: Aim[];
  /** The meaning of the figures, if their names do not tell it. */
  notes: string[];
  rows: Record<string, Row>;
}

export type Row = Record<string, number | string>;

/** A limit that the project sets itself. */
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

/** The number with three significant digits, or as an integer if that has more: further digits are noise. */
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
