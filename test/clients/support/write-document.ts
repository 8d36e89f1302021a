import { readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';
import { CLIENTS, type ClientProgram } from './clients.ts';

const TESTS = join(import.meta.dirname, '..');
const DOCUMENT = join(TESTS, '..', '..', 'docs', 'clients.md');

const HEADER = `# Programs that connect to the service

\`npm run test:clients\` runs these programs against a local stack, and writes this document from the results.
`;

interface Result {
  client: ClientProgram;
  passed: string[];
  failed: string[];
}

/** Writes \`docs/clients.md\` after a run of all files. */
export default class ClientsDocument implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const files = readdirSync(TESTS).filter((name) => name.endsWith('.test.ts'));
    const unlisted = files.filter((name) => !CLIENTS.some(({ file }) => file === name));
    if (unlisted.length > 0) throw new Error(`clients.ts does not list ${unlisted}`);
    const resultsOf = CLIENTS.map((client) => resultOf(client, modules));
    // A run of some files, or of some tests, says nothing of the others.
    if (resultsOf.some((result) => result === undefined)) return;
    writeFileSync(DOCUMENT, documentOf(resultsOf as Result[]));
  }
}

function resultOf(client: ClientProgram, modules: readonly TestModule[]): Result | undefined {
  const module = modules.find(({ moduleId }) => basename(moduleId) === client.file);
  const tests = module ? [...module.children.allTests()] : [];
  if (tests.length === 0 || tests.some((test) => test.result().state === 'skipped')) return undefined;
  const titlesOf = (state: string) =>
    tests
      .filter((test) => test.result().state === state)
      .map(({ fullName }) => fullName.replaceAll(' > ', ' '));
  return { client, passed: titlesOf('passed'), failed: titlesOf('failed') };
}

function documentOf(results: readonly Result[]): string {
  const rows = results.map(({ client: { name, version, untested }, passed, failed }) =>
    row(name, version, passed.length, failed.length, untested.join(', ') || 'none'),
  );
  const sections = results.map(({ client: { name, file, note }, passed, failed }) =>
    [
      `## ${name}`,
      `\`test/clients/${file}\`${note ? `. ${note}` : ''}`,
      // Of one operation each, in the API document.
      passed.length + failed.length > 50
        ? `${passed.length} tests pass, ${failed.length} fail: one for each operation.`
        : [...passed.map((title) => `- ${title}`), ...failed.map((title) => `- **fails**: ${title}`)].join(
            '\n',
          ),
    ].join('\n\n'),
  );
  const table = [row('client', 'version', 'pass', 'fail', 'untested'), '|---|---|---|---|---|', ...rows].join(
    '\n',
  );
  return `${[HEADER.trimEnd(), table, ...sections].join('\n\n')}\n`;
}

const row = (...cells: (string | number)[]) => `| ${cells.join(' | ')} |`;
