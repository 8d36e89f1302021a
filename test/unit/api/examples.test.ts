import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { operations } from '../../../functions/operations.ts';
import { exampleOf } from '../../../lib/api/example.ts';
import { ErrorBody } from '../../../lib/api/openapi.ts';
import { type Operation, rolesOf } from '../../../lib/api/operation.ts';
import { documented, exampleBody, exampleParameters } from '../../support/documented.ts';

const all: readonly Operation[] = operations;
const faultsOf = (schema: z.ZodType, example: unknown) => schema.safeParse(example).error?.issues;

describe.each(all)('The API document has for $id', (operation) => {
  const { params, query, body, success } = operation;

  test('a request that its own schemas accept', () => {
    if (params) expect(faultsOf(params, exampleParameters(operation, 'path'))).toBeUndefined();
    if (query) expect(faultsOf(query, exampleParameters(operation, 'query'))).toBeUndefined();
    if (!body) return expect(exampleBody(operation)).toBeUndefined();
    expect(exampleBody(operation)).toBeDefined();
    expect(faultsOf(body, exampleBody(operation))).toBeUndefined();
  });

  test('a successful answer that its own schema accepts', () => {
    const shown = documented(operation).responses[success.status]?.content;
    if ('schema' in success) {
      const { contentType = 'application/json' } = success;
      expect(shown?.[contentType]?.example).toBeDefined();
      expect(faultsOf(success.schema, shown?.[contentType]?.example)).toBeUndefined();
    } else if ('stream' in success) {
      expect(Object.keys(shown ?? {})).toEqual(success.stream);
      const { status = 0, schema = z.never() } = success.accepted ?? {};
      const accepted = documented(operation).responses[status]?.content?.['application/json'];
      expect(accepted === undefined).toBe(success.accepted === undefined);
      if (accepted) expect(faultsOf(schema, accepted.example)).toBeUndefined();
    } else {
      expect(shown).toBeUndefined();
    }
  });

  test('examples that the document’s own schemas accept, as a client reads them', () => {
    const { parameters, requestBody, responses } = documented(operation);
    const contents = [requestBody ?? {}, ...Object.values(responses)].flatMap(({ content = {} }) =>
      Object.entries(content).flatMap(([type, each]) => (type === 'application/json' ? [each] : [])),
    );
    for (const { schema = {}, example } of [...parameters, ...contents]) {
      if (example === undefined || '$ref' in schema) continue;
      expect(
        faultsOf(z.fromJSONSchema(structuredClone(schema) as z.core.JSONSchema.JSONSchema), example),
      ).toBeUndefined();
    }
  });

  test('every error in the shape that all errors have, with its own status', () => {
    for (const [status, { content }] of Object.entries(documented(operation).responses)) {
      const isResult = 'allFailedStatus' in success && success.allFailedStatus === Number(status);
      // API Gateway answers 431 itself, without a body.
      if (Number(status) < 400 || Number(status) === 431 || isResult) continue;
      const { example } = content?.['application/json'] ?? {};
      expect(ErrorBody.parse(example).statusCode).toBe(Number(status));
    }
  });

  test('the permitted callers and their credentials', () => {
    const { security, description } = documented(operation);
    const roles = rolesOf(operation);
    const people = roles.filter((role) => role !== 'service');
    expect(security).toEqual([
      ...(people.length > 0 ? [{ bearer: [] }] : []),
      ...(roles.includes('service') ? [{ apiKey: [] }] : []),
    ]);
    for (const role of operation.auth === 'public' ? ['anyone'] : roles) expect(description).toContain(role);
  });
});

describe('An example', () => {
  const of = (schema: z.ZodType) => exampleOf(z.toJSONSchema(schema, { io: 'output' }));

  test('is the one of the schema, before those of its properties', () => {
    const part = z.string().meta({ examples: ['part'] });
    expect(of(z.object({ part }).meta({ examples: [{ part: 'whole' }] }))).toEqual({ part: 'whole' });
    expect(of(z.object({ part, list: z.array(part), none: part.nullable() }))).toEqual({
      part: 'part',
      list: ['part'],
      none: 'part',
    });
  });

  test('lacks the fields without an example, so that the schema refuses it', () => {
    const schema = z.object({ known: z.literal('x'), forgotten: z.string() });
    expect(of(schema)).toEqual({ known: 'x' });
    expect(faultsOf(schema, of(schema))).toHaveLength(1);
  });
});
