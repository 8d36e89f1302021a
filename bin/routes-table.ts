import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { operations } from '../functions/operations.ts';
import { EVERYONE, type Operation, routesOf } from '../lib/api/operation.ts';

const ROUTES = join(import.meta.dirname, '..', 'docs', 'routes.md');
const TABLE = /(?<=\n)\| route \|[\s\S]*?\n(?=\n)/;

/** The table of `docs/routes.md`, from the declared operations. */
export const routesTable = (): string =>
  ['| route | who | what |', '|---|---|---|', ...operations.map(row)].map((line) => `${line}\n`).join('');

const row = (operation: Operation) => {
  const { method, auth, summary } = operation;
  const routes = routesOf(operation).map(({ path }) => `\`${method} ${path}\``);
  return `| ${routes.join('<br>')} | ${who(auth)} | ${summary} |`;
};

function who(auth: Operation['auth']): string {
  if (auth === 'public') return 'anyone';
  const people = auth.filter((role) => role !== 'service');
  return [
    people.length === EVERYONE.length ? 'everyone' : people.join(', '),
    ...(auth.includes('service') ? ['services'] : []),
  ].join(', ');
}

/** Writes the table into `docs/routes.md`, and keeps the rest of the file. */
if (import.meta.main) writeFileSync(ROUTES, readFileSync(ROUTES, 'utf8').replace(TABLE, routesTable()));
