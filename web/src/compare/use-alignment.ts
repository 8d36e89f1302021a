import { useState } from 'react';
import { type Alignment, align, type TwoPoints } from './alignment.ts';
import { FIRST_MARKS } from './point-marks.tsx';

/** The marks of images by their ids, in parts of their width and height. */
type Marks = Readonly<Record<string, TwoPoints>>;

/** The alignment of two images by two points of each, which a person marks. */
export function useAlignment() {
  const [ratios, setRatios] = useState<Readonly<Record<string, number>>>({});
  const [applied, setApplied] = useState<Marks>();
  const [marking, setMarking] = useState<Marks>();
  const marksOf = (id: string): TwoPoints => marking?.[id] ?? FIRST_MARKS;
  const between = (marks: Marks, lowerId: string, upperId: string): Alignment | undefined => {
    const inWidths = (id: string): TwoPoints => {
      const [one, other] = marks[id] ?? FIRST_MARKS;
      const ratio = ratios[id] ?? 1;
      return [
        { x: one.x, y: one.y / ratio },
        { x: other.x, y: other.y / ratio },
      ];
    };
    return align(inWidths(lowerId), inWidths(upperId));
  };
  return {
    ratios,
    setRatio: (id: string, ratio: number) => setRatios((now) => ({ ...now, [id]: ratio })),
    isMarking: marking !== undefined,
    marksOf,
    setMarks: (id: string, points: TwoPoints) => setMarking((now) => ({ ...now, [id]: points })),
    start: () => setMarking(applied ?? {}),
    cancel: () => setMarking(undefined),
    /** Not while the marks of an image are in the same place. */
    mayApply: (lowerId: string, upperId: string) =>
      marking !== undefined && between(marking, lowerId, upperId) !== undefined,
    apply: () => {
      setApplied(marking);
      setMarking(undefined);
    },
    isAligned: applied !== undefined,
    remove: () => setApplied(undefined),
    alignmentOf: (lowerId: string, upperId: string) => applied && between(applied, lowerId, upperId),
  };
}

export type AlignmentState = ReturnType<typeof useAlignment>;
