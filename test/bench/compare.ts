import { execFile } from 'node:child_process';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { inTurns, median } from './measure.ts';
import { type Result, round } from './result.ts';
import { withDataDir } from './stack.ts';

// Runs benchmarks of another commit and of this folder in turns, each commit with its own code for them, and shows the medians of the
// figures that both have.

const run = promisify(execFile);
const PROJECT = path.resolve(import.meta.dirname, '../..');
const usage = 'Usage: npm run bench:compare -- <commit> <benchmark> … [--rounds 5]';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '5' } },
});
const [commit, ...benchmarks] = positionals;
const rounds = Number(values.rounds);
if (commit === undefined || benchmarks.length === 0 || !(rounds > 0)) throw new Error(usage);

await withDataDir(async (dir) => {
  const other = path.join(dir, 'commit');
  await run('git', ['worktree', 'add', '--detach', other, commit], { cwd: PROJECT });
  try {
    await run('npm', ['ci'], { cwd: other });
    const folders = { before: () => figuresOf(other), after: () => figuresOf(PROJECT) };
    const { before, after } = await inTurns(rounds, folders, (work) => work() as Promise<Figures>);
    console.table(Object.fromEntries(tableOf(before, after)));
  } finally {
    await run('git', ['worktree', 'remove', '--force', other], { cwd: PROJECT });
  }
});

/** The numbers of the results, by benchmark, row and column. */
type Figures = Map<string, number>;

async function figuresOf(cwd: string): Promise<Figures> {
  console.error(`${new Date().toISOString()} ${cwd}`);
  const { stdout } = await run('npm', ['run', '-s', 'bench', '--', ...benchmarks, '--json'], {
    cwd,
    maxBuffer: 2 ** 26,
  });
  const results: Record<string, Result> = JSON.parse(stdout);
  return new Map(
    Object.entries(results).flatMap(([benchmark, { ratio, rows }]) => [
      [`${benchmark}: ratio`, ratio],
      ...Object.entries(rows).flatMap(([row, cells]) =>
        Object.entries(cells).flatMap(([column, cell]): [string, number][] =>
          typeof cell === 'number' ? [[`${benchmark}: ${row}: ${column}`, cell]] : [],
        ),
      ),
    ]),
  );
}

function* tableOf(before: readonly Figures[], after: readonly Figures[]) {
  for (const name of before[0]?.keys() ?? []) {
    const [one, other] = [before, after].map((all) => all.flatMap((figures) => figures.get(name) ?? []));
    if (!one?.length || !other?.length) continue;
    const medians = { before: median(one), after: median(other) };
    yield [name, { ...medians, 'after / before': round(medians.after / medians.before) }] as const;
  }
}
