import { cpuWaits, ownCpuWaitMs } from './proc.ts';

const tickMs = 250;
/**
 * The least share of the elapsed time that counts. A function thus ends within five times its timeout: before its
 * messages are visible again, which is after six times its timeout.
 */
const leastShare = 1 / 5;
/** All time counts for what may take longer: it has time to spare, and its messages are visible again soon after it. */
const longMs = 60_000;

/**
 * Calls `onEnd` after `ms`, without the time in which the process waited for a CPU: AWS gives each function a CPU of
 * its own, and a busy laptop does not. Returns what stops the countdown. Only Linux tells how long a process has
 * waited; elsewhere all time counts.
 */
export function countdown(pid: number | undefined, ms: number, onEnd: () => void): () => void {
  let leftMs = ms;
  const share = ms > longMs ? 1 : leastShare;
  let before: ReadonlyMap<string, number> | undefined;
  let timer: NodeJS.Timeout;
  const arm = () => {
    const startedAt = performance.now();
    timer = setTimeout(
      () => {
        // The function also waits while the services that it calls wait for a CPU.
        const after = cpuWaits(pid).set('services', ownCpuWaitMs());
        leftMs -= countedMs(performance.now() - startedAt, before ?? after, after, share);
        before = after;
        if (leftMs <= 0) onEnd();
        else arm();
      },
      Math.min(tickMs, leftMs),
    );
  };
  arm();
  return () => clearTimeout(timer);
}

/**
 * The part of the elapsed time in which a process could run, in ms. Its threads may wait at the same time, so only the
 * thread that has waited longest is deducted.
 */
export function countedMs(
  elapsedMs: number,
  waitsBefore: ReadonlyMap<string, number>,
  waitsAfter: ReadonlyMap<string, number>,
  share = leastShare,
): number {
  const waitedMs = [...waitsAfter].map(([thread, ms]) => ms - (waitsBefore.get(thread) ?? 0));
  return Math.max(elapsedMs - Math.max(0, ...waitedMs), elapsedMs * share);
}
