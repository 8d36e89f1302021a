import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, test } from 'vitest';
import { routesTable } from '../../bin/readme-routes.ts';
import { functions } from '../../functions/functions.ts';
import { operations } from '../../functions/operations.ts';
import { openApiDocument } from '../../lib/api/openapi.ts';
import { errorsOf, type Operation } from '../../lib/api/operation.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const all: readonly Operation[] = operations;
const document = openApiDocument(operations);

describe.each(all)('$id', (operation) => {
  test('lives in the folder of its name, and gives its function that name', () => {
    const { entry } = functions.find(({ id }) => id === operation.id) ?? {};
    expect(entry).toMatch(new RegExp(`/${operation.id}/handler.ts$`));
    expect(readFileSync(join(ROOT, entry ?? ''), 'utf8')).toContain("from './operation.ts'");
  });

  test('reads its body in the way that it declares', () => {
    const { entry = '' } = functions.find(({ id }) => id === operation.id) ?? {};
    const readsForm = readFileSync(join(ROOT, entry), 'utf8').includes('serveForm(operation');
    expect(readsForm).toBe(operation.form !== undefined);
    if (operation.form) expect(operation.body).toBeDefined();
  });

  test('has a path without a trailing slash, so that both forms reach it', () => {
    expect(operation.path).toMatch(/^\/[^\s]*[^/]$/);
  });

  test('is described by the API document, with every error that it can give', () => {
    const described = document.paths[operation.path]?.[operation.method.toLowerCase()] as {
      operationId: string;
      security: unknown[];
      responses: Record<string, unknown>;
    };
    expect(described.operationId).toBe(operation.id);
    expect(Object.keys(described.responses).length).toBeGreaterThan(errorsOf(operation).length);
    const ways = operation.auth === 'public' ? 0 : operation.auth.includes('service') ? 2 : 1;
    expect(described.security).toHaveLength(ways);
  });
});

test('The README lists the routes (npm run readme)', () => {
  expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toContain(routesTable());
});

test('The API document is valid OpenAPI 3.1', async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(document));
  expect(errors).toBeUndefined();
  expect(valid).toBe(true);
});

test('No two operations share a name or a route', () => {
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  expect(new Set(all.map(({ method, path }) => `${method} ${path}`)).size).toBe(all.length);
});
