import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { check, type Parameters } from 'recheck';
import { parseSync, Visitor } from 'vite';
import { expect, test } from 'vitest';

// In JavaScript, not by the binaries that some machines have beside it: the same everywhere.
process.env.RECHECK_BACKEND = 'pure';

const ROOT = join(import.meta.dirname, '..', '..');

/** A regular expression literal of the product. */
interface Found {
  file: string;
  source: string;
  flags: string;
}

function expressionsIn(file: string): Found[] {
  const found: Found[] = [];
  const { program, errors } = parseSync(file, readFileSync(join(ROOT, file), 'utf8'));
  if (errors.length > 0) throw new Error(`${file} can't be parsed: ${errors[0]?.message}`);
  new Visitor({
    Literal(node) {
      if ('regex' in node && node.regex)
        found.push({ file, source: node.regex.pattern, flags: node.regex.flags });
    },
  }).visit(program);
  return found;
}

/** lib/local serves a laptop only. */
const files = globSync('{lib,functions,web/src}/**/*.{ts,tsx}', { cwd: ROOT }).filter(
  (file) => !file.startsWith('lib/local/'),
);
const expressions = [
  ...new Map(files.flatMap(expressionsIn).map((each) => [`/${each.source}/${each.flags}`, each])),
];

/**
 * The exact method, for the expressions whose automaton is small enough for milliseconds; for the others a search, which the seed makes
 * repeatable. Without the acceleration it finds the same in less time.
 */
const METHOD = {
  checker: 'auto',
  maxRepeatCount: 1000,
  maxNFASize: 2000,
  accelerationMode: 'off',
  randomSeed: 1,
  timeout: 100_000,
} as const satisfies Parameters;

/** Whether an attacker's text can make an expression take more than linear time, as far as the checker finds out. */
async function complexityOf(source: string, flags: string): Promise<string> {
  const found = await check(source, flags, METHOD);
  return found.status === 'unknown' ? `unknown: ${found.error.kind}` : found.complexity.type;
}

test('The walk sees the regular expressions', () => {
  expect(expressions.length).toBeGreaterThan(100);
});

test.each([
  ['^(a+)+$', 'exponential'],
  ['a*a*b', 'polynomial'],
  // These two by the search.
  ['(?<![. ])([. ]+)+$', 'exponential'],
  ['(?<![. ])[. ]+[. ]+$', 'polynomial'],
])('The checker finds the planted /%s/', async (source, complexity) => {
  expect(await complexityOf(source, '')).toBe(complexity);
});

// The search confirms what it finds by the clock, which takes safe expressions for slow ones on a busy machine, now and then.
test.each(expressions)(
  '%s takes linear time at most',
  { timeout: 150_000, retry: 2 },
  async (_text, found) => {
    expect(await complexityOf(found.source, found.flags), found.file).toMatch(/^(?:safe|linear)$/);
  },
);
