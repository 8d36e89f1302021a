import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { operations } from '../functions/operations.ts';

const FUNCTIONS = join(import.meta.dirname, '..', 'functions');
const LIST = join(FUNCTIONS, 'operations.ts');
/** The groups by folder name. */
const GROUPS = new Map(operations.map(({ group }) => [group.toLowerCase(), group]));

const operationTemplate = (
  id: string,
  group: string,
) => `import * as z from 'zod';\nimport { defineOperation } from '../../../lib/api/operation.ts';

export const operation = defineOperation({
  id: '${id}',
  method: 'GET',
  path: '/api/${id}',
  summary: '${id}',
  group: '${group}',
  auth: ['admin'],
  success: { status: 200, schema: z.strictObject({ message: z.string() }) },
  errors: [],
  permissions: {},
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
`;

const handlerTemplate = (
  id: string,
) => `import { serve } from '../../../lib/lambda/http/serve.ts';\nimport { operation } from './operation.ts';

export const handle = () => ({ message: '${id}' });

export const handler = serve(operation, handle, {});
`;

const nextSteps = (
  folder: string,
  id: string,
) => `Wrote ${folder}/operation.ts and handler.ts, and added ${id} to functions/operations.ts. Next:
1. Declare method, path, roles, schemas and permissions in operation.ts, and write the logic in handler.ts.
2. Add its row to test/service/access-matrix.test.ts and a sample to test/bench/calls/call-samples.ts, and test it in test/service/.
3. Run npm run routes, npm run types, npm run lint, npx vitest run test/unit/api/operations.test.ts, and your tests.`;

const variableOf = (id: string) => id.replaceAll(/-(\w)/g, (_match, letter: string) => letter.toUpperCase());

/** Adds an operation to the list: its import sorted by path, the operation as the last of its group. */
function withOperation(list: string, group: string, id: string): string {
  const name = variableOf(id);
  const line = (path: string, variable: string) => `import { operation as ${variable} } from '${path}';`;
  const imports = [...list.matchAll(/^import \{ operation as (\w+) \} from '(.+)';$/gm)].map(
    ([text, variable = '', path = '']) => ({ text, variable, path }),
  );
  const path = `./${group}/${id}/operation.ts`;
  const next = imports.find((other) => other.path > path);
  const last = imports.at(-1);
  const sameGroup = imports.filter((other) => other.path.startsWith(`./${group}/`));
  const members = [...list.matchAll(/^ {2}(\w+),$/gm)];
  const lastMember = members.findLast(([, member]) => sameGroup.some(({ variable }) => variable === member));
  if (!last || !lastMember) throw new Error(`functions/operations.ts has no operation of ${group}.`);
  const withMember = list.replace(lastMember[0], `${lastMember[0]}\n  ${name},`);
  return next
    ? withMember.replace(next.text, `${line(path, name)}\n${next.text}`)
    : withMember.replace(last.text, `${last.text}\n${line(path, name)}`);
}

/** Writes the two files of an operation from a template that compiles, and adds it to the list. */
function newOperation([group = '', id = '', ...more]: readonly string[]): void {
  const title = GROUPS.get(group);
  if (!title || !/^[a-z][a-z0-9]*(-[a-z0-9]+)+$/.test(id) || more.length > 0) {
    throw new Error(
      `Usage: npm run new:operation <${[...GROUPS.keys()].join('|')}> <id>, where the id is such as list-images.`,
    );
  }
  const folder = join(FUNCTIONS, group, id);
  if (existsSync(folder) || operations.some((other) => other.id === id)) {
    throw new Error(`There is already an operation ${id}.`);
  }
  mkdirSync(folder);
  writeFileSync(join(folder, 'operation.ts'), operationTemplate(id, title));
  writeFileSync(join(folder, 'handler.ts'), handlerTemplate(id));
  writeFileSync(LIST, withOperation(readFileSync(LIST, 'utf8'), group, id));
  console.log(nextSteps(`functions/${group}/${id}`, id));
}

try {
  newOperation(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
