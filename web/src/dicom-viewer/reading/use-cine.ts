import { useEffect, useRef, useState } from 'react';
import { boundedRate } from './cine-rate.ts';

/** The playing of frames. It never starts by itself. */
export interface Cine {
  isPlaying: boolean;
  /** Frames per second. */
  rate: number;
  setRate: (rate: number) => void;
  toggle: () => void;
  pause: () => void;
}

interface CineOptions {
  /** The rate of the file. */
  ownRate: number;
  /** What is shown now: the next frame comes a moment after it. */
  shown: string | undefined;
  /** Whether the wanted frame is shown: frames that come late make it slower, and none is left out. */
  isShown: boolean;
  onNext: () => void;
}

/** Plays frames at the rate of the file, or at the one that the person has set. */
export function useCine({ ownRate, shown, isShown, onNext }: CineOptions): Cine {
  const [isPlaying, setPlaying] = useState(false);
  const [ownChoice, setRate] = useState<number>();
  const rate = ownChoice ?? ownRate;
  const next = useRef(onNext);
  next.current = onNext;
  const due = useRef(0);
  useEffect(() => {
    if (!isPlaying || !isShown || shown === undefined) return;
    const now = performance.now();
    // The time that drawing takes does not make it slower.
    due.current = Math.max(now, due.current + 1000 / rate);
    const timer = setTimeout(() => next.current(), due.current - now);
    return () => clearTimeout(timer);
  }, [isPlaying, isShown, shown, rate]);
  return {
    isPlaying,
    rate,
    setRate: (to) => setRate(boundedRate(to)),
    toggle: () => {
      due.current = performance.now();
      setPlaying(!isPlaying);
    },
    pause: () => setPlaying(false),
  };
}
