import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');

/** Names that only this project used, and the terms of the field for them. */
const RETIRED_NAMES = {
  announce: 'presign, register or request',
  doing: 'middleware',
  Doing: 'HandlerMiddleware',
  Doomed: 'DeletionRequest',
  Door: 'UploadEndpoint',
  door: 'endpoint',
  giveBack: 'release',
  homeless: 'notPersisted',
  Hopeless: 'PermanentFailure',
  hurry: 'showNow',
  isCalm: 'isSettled',
  KEPT: 'IMMUTABLE_CACHE',
  KEPT_BY_BROWSERS: 'PRIVATE_CACHE',
  lookAt: 'inspect',
  lookAtDicom: 'inspectDicom',
  news: 'notifications or updates',
  News: 'Notification',
  NoneDone: 'AllFailed',
  notYet: 'accepted',
  Partly: 'PartialSuccess',
  partly: 'partialStatus',
  primed: 'prefetchFirst',
  proves: 'matchesSecret',
  takeDicom: 'ingestDicom',
  tie: 'linkInstance',
  tied: 'linkedToInstance',
  Things: 'resources',
  told: 'options, deliveries or notification',
  touches: 'permissions',
  Touches: 'Permissions',
  trail: 'auditContext',
  Trail: 'AuditContext',
  UNHURRIED: 'NO_RATE_LIMITS',
  AUDIT_LISTS: 'INDEXES',
} as const;

/** Names of files and folders that did not tell their content, or used words of this project only. */
const RETIRED_FILES = [
  'door.ts',
  'eye.ts',
  'hopeless.ts',
  'kept-by-browsers.ts',
  'news.ts',
  'once.ts',
  'plain-path.ts',
  'take.ts',
  'things.ts',
  'trail.ts',
  'unhurried.ts',
  'utils.ts',
  'index.ts',
];

/** An unused parameter still has a name. */
const NAMELESS = /[(,]\s*_+\s*[,):]/;

const sources = ['lib', 'functions', 'bin', 'web/src'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => `${folder}/${file}`),
);

/** The code of a file without its comments and its string literals. */
const codeOf = (text: string): string =>
  text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/.*$/gm, '$1')
    .replace(/`(?:[^`\\]|\\.)*`/g, (text) => text.match(/\$\{[^}]*\}/g)?.join(' ') ?? "''")
    .replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, "''");

const retiredIn = (text: string): string[] => {
  const words = new Set(codeOf(text).match(/[A-Za-z_$][\w$]*/g));
  return Object.entries(RETIRED_NAMES)
    .filter(([name]) => words.has(name))
    .map(([name, instead]) => `${name}: say ${instead}`);
};

test.each(sources)('%s uses the terms of the field', (file) => {
  const text = readFileSync(join(ROOT, file), 'utf8');
  expect(retiredIn(text)).toEqual([]);
  expect(RETIRED_FILES).not.toContain(basename(file));
  expect(codeOf(text)).not.toMatch(NAMELESS);
});

test('A retired name is found in code, and not in a comment or a string', () => {
  expect(retiredIn('export const touches = 1;')).toEqual(['touches: say permissions']);
  expect(retiredIn("// touches\n/* touches */ const a = 'touches';")).toEqual([]);
  expect(codeOf('list.map((_, index) => index)')).toMatch(NAMELESS);
});
