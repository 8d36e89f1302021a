import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { operations } from '../../functions/operations.ts';
import { EVERYONE, type Operation, routesOf } from '../../lib/api/operation.ts';
import { opensEveryPatient } from '../../lib/domain/access/scope.ts';

const ROUTES = join(import.meta.dirname, '..', '..', 'docs', 'routes.md');
const TABLE = /(?<=\n)\| route \|[\s\S]*?\n(?=\n)/;

/** The table of `docs/routes.md`, from the declared operations. */
export const routesTable = (): string =>
  ['| route | who | what |', '|---|---|---|', ...operations.map(row)].map((line) => `${line}\n`).join('');

const row = (operation: Operation) => {
  const { method, summary } = operation;
  const routes = routesOf(operation).map(({ path }) => `\`${method} ${path}\``);
  return `| ${routes.join('<br>')} | ${who(operation)} | ${summary} |`;
};

function who({ auth, scopes }: Operation): string {
  if (auth === 'public') return 'anyone';
  const people = auth.length === EVERYONE.length ? 'everyone' : auth.join(', ');
  if (!scopes) return people;
  // The records have a scope for each type.
  const names = scopes.map((scope) =>
    opensEveryPatient([scope]) ? scope : scope.replace(/^[^:]+/, '<record>'),
  );
  return `${people}, services (${[...new Set(names)].map((name) => `\`${name}\``).join(', ')})`;
}

/** Writes the table into `docs/routes.md`, and keeps the rest of the file. */
if (import.meta.main) writeFileSync(ROUTES, readFileSync(ROUTES, 'utf8').replace(TABLE, routesTable()));
