import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { median, milliseconds } from './measure.ts';
import { familyOf, memoryOf } from './processes.ts';
import { atMost, type Bench, headline, type Result, round } from './result.ts';
import { withDataDir } from './stack.ts';

const PROJECT = path.resolve(import.meta.dirname, '../..');
/** What is not in a fresh clone, or too large to copy. */
const LEFT_OUT = new Set(['.git', '.local', 'cdk.out', 'dist', 'dist-web', 'node_modules']);
const LATER_STARTS = 3;

/** The time of `npm start` in a fresh copy of this folder, and of the starts after it. */
export async function start({ progress }: Bench): Promise<Result> {
  return withDataDir(async (dir) => {
    const clone = path.join(dir, 'clone');
    cpSync(PROJECT, clone, {
      recursive: true,
      filter: (file) => !LEFT_OUT.has(path.basename(file)),
    });
    for (const modules of ['node_modules', 'web/node_modules'])
      symlinkSync(path.join(PROJECT, modules), path.join(clone, modules));
    const starts: Started[] = [];
    for (let each = 0; each <= LATER_STARTS; each++) {
      progress(`start: ${each + 1} of ${LATER_STARTS + 1}`);
      starts.push(await startOnce(clone));
    }
    const [first, ...later] = starts;
    if (!first) throw new Error('nothing was started');
    const second = median(later.map(({ seconds }) => seconds));
    return {
      ...headline(first.seconds, 's', second),
      aims: [
        atMost('seconds of the first start', first.seconds, 15),
        atMost('seconds of a later start', second, 4),
        atMost('MB of the build and synthesis', first.synthesisMb, 700),
      ],
      notes: [
        'the first start builds and synthesizes; its floor is the median of later ones, for which nothing has changed',
        'the memory is the highest of the process that builds and synthesizes, as it was seen ten times a second',
      ],
      rows: Object.fromEntries(
        starts.map(({ seconds, synthesisMb }, index) => [
          `start ${index + 1}`,
          { seconds: round(seconds), synthesisMb: round(synthesisMb) },
        ]),
      ),
    };
  });
}

interface Started {
  seconds: number;
  synthesisMb: number;
}

async function startOnce(clone: string): Promise<Started> {
  const child = spawn(process.execPath, ['bin/start.ts', '--port', '0'], {
    cwd: clone,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let synthesisMb = 0;
  const watch = setInterval(() => {
    synthesisMb = Math.max(synthesisMb, synthesisMbOf(child.pid ?? 0));
  }, 100);
  try {
    const ms = await milliseconds(() => untilReady(child));
    return { seconds: ms / 1000, synthesisMb };
  } finally {
    clearInterval(watch);
    const gone = once(child, 'exit');
    child.kill();
    await gone;
  }
}

/** The memory of the process that builds and synthesizes, with the compiler that it starts; 0 without one. */
function synthesisMbOf(pid: number): number {
  const app = familyOf(pid).find(({ command }) => command.includes('bin/app.ts'));
  return app ? memoryOf(app.pid) : 0;
}

async function untilReady(child: ChildProcess): Promise<void> {
  if (!child.stdout) throw new Error('the standard output is not read');
  for await (const line of createInterface({ input: child.stdout })) if (line.startsWith('ready ')) return;
  throw new Error(`npm start ended with status ${child.exitCode}`);
}
