import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { routesTable } from '../../../bin/documents/routes-table.ts';
import { functions } from '../../../functions/functions.ts';
import { operations } from '../../../functions/operations.ts';
import { openApiDocument } from '../../../lib/api/openapi.ts';
import { errorsOf, type Operation, routesOf } from '../../../lib/api/operation.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const all: readonly Operation[] = operations;
const document = openApiDocument(operations);

describe.each(all)('$id', (operation) => {
  test('is in the folder of its name, which is also the name of its function', () => {
    const { entry } = functions.find(({ id }) => id === operation.id) ?? {};
    expect(entry).toMatch(new RegExp(`/${operation.id}/handler.ts$`));
    expect(readFileSync(join(ROOT, entry ?? ''), 'utf8')).toContain("from './operation.ts'");
  });

  test('reads its body as it declares', () => {
    const { entry = '' } = functions.find(({ id }) => id === operation.id) ?? {};
    const readsForm = readFileSync(join(ROOT, entry), 'utf8').includes('serveForm(operation');
    expect(readsForm).toBe(operation.form !== undefined);
    if (operation.form) expect(operation.body).toBeDefined();
  });

  test('has paths without a trailing slash, so that both forms reach it', () => {
    for (const { path } of routesOf(operation)) expect(path).toMatch(/^\/[^\s]*[^/]$/);
  });

  test('has the parameters of its paths; those that one of its paths lacks are optional', () => {
    const namesIn = (path: string) => [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').sort();
    const shape = operation.params?.shape ?? {};
    const inPaths = new Set(routesOf(operation).flatMap(({ path }) => namesIn(path)));
    expect(Object.keys(shape).sort()).toEqual([...inPaths].sort());
    for (const { path } of routesOf(operation)) {
      const missing = [...inPaths].filter((name) => !namesIn(path).includes(name));
      for (const name of missing) expect(z.safeParse(shape[name] as z.ZodType, undefined).success).toBe(true);
    }
  });

  test('is described by the API document, with every error that it can return', () => {
    for (const { id, path } of routesOf(operation)) {
      const described = document.paths[path]?.[operation.method.toLowerCase()] as {
        operationId: string;
        security: unknown[];
        responses: Record<string, unknown>;
      };
      expect(described.operationId).toBe(id);
      expect(Object.keys(described.responses).length).toBeGreaterThan(errorsOf(operation).length);
      const ways = operation.auth === 'public' ? 0 : operation.scopes ? 2 : 1;
      expect(described.security).toHaveLength(ways);
    }
  });
});

test('The documentation lists the routes (npm run routes)', () => {
  expect(readFileSync(join(ROOT, 'docs', 'routes.md'), 'utf8')).toContain(routesTable());
});

test('The API document is valid OpenAPI 3.1', async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(document));
  expect(errors).toBeUndefined();
  expect(valid).toBe(true);
});

test('No two operations share a name or a route', () => {
  const routes = all.flatMap((operation) =>
    routesOf(operation).map(({ id, path }) => ({ id, route: `${operation.method} ${path}` })),
  );
  expect(new Set(routes.map(({ id }) => id)).size).toBe(routes.length);
  expect(new Set(routes.map(({ route }) => route)).size).toBe(routes.length);
});
