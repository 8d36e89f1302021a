import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { CaseMessage } from './answer-cases.ts';
import { usageOfGroup } from './process-usage.ts';

/** What one case may take, in the process that handles it and in those that this one starts. */
export interface CaseLimits {
  cpuSeconds: number;
  residentMb: number;
  /** For a case that waits and uses no CPU. */
  seconds: number;
}

export const defaultLimits: CaseLimits = { cpuSeconds: 5, residentMb: 512, seconds: 60 };

/** The result of a case. */
export interface CaseResult {
  outcome: 'accepted' | 'refused' | 'failed';
  /** What was accepted or refused, the error, or the limit that was broken. */
  reason: string;
  cpuSeconds: number;
  residentMb: number;
}

/** How often the usage is read. A process needs longer than this to fill 100 MB. */
const POLL_MILLISECONDS = 20;

/** A process that rests with more than this is replaced, so that its past does not count against a case. */
const MAX_RESTING_MB = 250;

const MB = 1024 * 1024;

/** Runs cases one after the other in a process of their own, which it kills when a case breaks a limit. */
export class CaseRunner implements AsyncDisposable {
  readonly #script: string;
  readonly #limits: CaseLimits;
  #child: ChildProcess | undefined;

  constructor(script: string, limits: Partial<CaseLimits> = {}) {
    this.#script = script;
    this.#limits = { ...defaultLimits, ...limits };
  }

  async run(bytes: Uint8Array): Promise<CaseResult> {
    this.#child ??= await start(this.#script);
    const result = await this.#observe(this.#child, bytes);
    const rests =
      this.#child.connected && usageOfGroup(pidOf(this.#child)).residentBytes < MAX_RESTING_MB * MB;
    if (result.outcome === 'failed' || !rests) await this.restart();
    return result;
  }

  /** Ends the process and those that it started. The next case gets a new one. */
  async restart(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child) return;
    const ended = child.exitCode === null && child.signalCode === null ? once(child, 'close') : undefined;
    killGroup(pidOf(child));
    await ended;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.restart();
  }

  #observe(child: ChildProcess, bytes: Uint8Array): Promise<CaseResult> {
    const { cpuSeconds: mostCpu, residentMb: mostMb, seconds } = this.#limits;
    const group = pidOf(child);
    const startedAt = Date.now();
    const before = usageOfGroup(group).cpuSeconds;
    const spent = new Map<number, number>();
    let peak = 0;
    const look = () => {
      const { cpuSeconds, residentBytes } = usageOfGroup(group);
      for (const [pid, used] of cpuSeconds) spent.set(pid, used - (before.get(pid) ?? 0));
      peak = Math.max(peak, residentBytes / MB);
      const cpu = spent.values().reduce((sum, each) => sum + each, 0);
      return { cpuSeconds: cpu, residentMb: peak };
    };
    return new Promise((resolve) => {
      const settle = (outcome: CaseResult['outcome'], reason: string) => {
        clearInterval(timer);
        child.off('message', answered).off('close', closed);
        const used = look();
        resolve({ outcome: brokenBy(used) ? 'failed' : outcome, reason: brokenBy(used) ?? reason, ...used });
      };
      const brokenBy = (used: Pick<CaseResult, 'cpuSeconds' | 'residentMb'>): string | undefined => {
        if (used.cpuSeconds > mostCpu) return `takes more than ${mostCpu} s of CPU time`;
        if (used.residentMb > mostMb) return `takes more than ${mostMb} MB of memory`;
        return undefined;
      };
      const answered = (message: CaseMessage) => {
        if (message === 'ready') return;
        if ('accepted' in message) settle('accepted', message.accepted);
        else if ('refused' in message) settle('refused', message.refused);
        else settle('failed', message.failed);
      };
      const closed = (code: number | null, signal: string | null) =>
        settle('failed', `the process ended: ${signal ?? code}`);
      const timer = setInterval(() => {
        const broken = brokenBy(look());
        if (broken) settle('failed', broken);
        else if (Date.now() - startedAt > seconds * 1000) settle('failed', `takes more than ${seconds} s`);
      }, POLL_MILLISECONDS);
      child.on('message', answered).on('close', closed);
      child.send(bytes);
    });
  }
}

/** Starts the process in a group of its own, which includes all processes that it starts. */
async function start(script: string): Promise<ChildProcess> {
  const child = fork(script, {
    detached: true,
    execArgv: ['--expose-gc'],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  // A message to a process that has just ended causes this error; its end is handled as such.
  child.on('error', () => {});
  const [message] = await Promise.race([once(child, 'message'), once(child, 'close')]);
  if (message !== 'ready') throw new Error(`${script} does not start`);
  return child;
}

function pidOf({ pid }: ChildProcess): number {
  if (pid === undefined) throw new Error('the process did not start');
  return pid;
}

function killGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
