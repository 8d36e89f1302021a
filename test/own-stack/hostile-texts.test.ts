import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { operations } from '../../functions/operations.ts';
import { exampleOf } from '../../lib/api/example.ts';
import type { Operation } from '../../lib/api/operation.ts';
import { photo } from '../fixtures/photos.ts';
import { useOwnStack } from '../support/own-stack.ts';
import { PATIENT_1 } from '../support/people.ts';
import { type Client, createBatch, decided, formOf, upload } from '../support/service.ts';

/** Texts that break a program which believes what it is sent. */
const HOSTILE = {
  'a NUL': 'a\u0000b',
  'line breaks': 'a\r\nSet-Cookie: x=1\r\n\r\nb',
  'control characters': 'a\u0001\u0008\u001b[2J\u007f\u0085b',
  'a line separator': 'a\u2028b\u2029',
  'a bidirectional override': '\u202egpj.exe\u2066',
  'a lone surrogate': 'a\ud800',
  '10,000 characters': 'x'.repeat(10_000),
  'wildcards only': '*?*%_',
  'an operator of DynamoDB': '#pk = :pk OR attribute_exists(#pk)',
  'an attribute value of DynamoDB': '{"S":"x"}',
  'a key of DynamoDB': 'PATIENT#P-1001',
  'a path': '../../etc/passwd',
  'a quote': `"'\\;--<script>`,
  'a prototype': '__proto__',
  'a number beyond all': '1e400',
  'a negative number': '-1',
  nothing: '',
} as const;

// A stack of its own: the requests use the ids of the examples, and others would find what they create.
const service = useOwnStack();
let admin: Client;
let ids: Record<string, string>;

beforeAll(async () => {
  admin = await service.as('admin');
  const doctor = await service.as('doctor');
  const batch = await createBatch(doctor);
  const [image = ''] = await upload(doctor, batch, [await photo({ width: 20, height: 20 })]);
  await decided(doctor, image);
  ids = { batch, image };
});

type Json = z.core.JSONSchema._JSONSchema;

const schemaOf = (schema: z.ZodType) =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Json;

/** The paths of all fields that may hold a text, in any variant of a schema. */
function textFields(schema: Json, path: readonly string[] = []): string[][] {
  if (typeof schema === 'boolean') return [];
  const { anyOf = [], oneOf = [], allOf = [], properties = {}, items, type } = schema;
  const own = [type].flat().includes('string') || (type === undefined && !schema.anyOf) ? [[...path]] : [];
  const item = items && !Array.isArray(items) ? [items] : [];
  return [
    ...own,
    ...[...anyOf, ...oneOf, ...allOf].flatMap((each) => textFields(each, path)),
    ...Object.entries(properties).flatMap(([name, each]) => textFields(each, [...path, name])),
    ...item.flatMap((each) => textFields(each, [...path, '0'])),
  ];
}

/** Whether a text may be anywhere in a body. */
const takesText = (body?: z.ZodType) => body && JSON.stringify(schemaOf(body)).includes('"string"');

/** A copy of a JSON value with another one at the path. */
function withValue(value: unknown, [name, ...rest]: readonly string[], replacement: unknown): unknown {
  if (name === undefined) return replacement;
  if (Array.isArray(value) || (value === undefined && name === '0'))
    return [withValue((value as unknown[])?.[0], rest, replacement)];
  const fields = (value ?? {}) as Record<string, unknown>;
  return { ...fields, [name]: withValue(fields[name], rest, replacement) };
}

/** An id of something that there is, so that a request reaches the data. */
function idFor({ path }: Operation, name: string): string | undefined {
  if (name === 'patientId') return PATIENT_1;
  if (name !== 'id' && name !== 'batchId') return undefined;
  return path.includes('batches') ? ids.batch : path.includes('images') ? ids.image : undefined;
}

/** A parameter of a path in a URL: a lone surrogate can't be encoded, so its bytes are sent as they would lie in memory. */
const encode = (text: string) => (text.isWellFormed() ? encodeURIComponent(text) : 'a%ED%A0%80');

function pathOf(operation: Operation, replaced: Record<string, string> = {}): string {
  const params = (operation.params as z.ZodObject | undefined)?.shape ?? {};
  return operation.path.replaceAll(/\{(\w+)\+?\}/g, (_all, name: string) => {
    const { example } = operation;
    const found =
      replaced[name] ??
      idFor(operation, name) ??
      example?.params?.[name] ??
      String(exampleOf(schemaOf(params[name] as z.ZodType)) ?? randomUUID());
    return encode(found);
  });
}

interface Attempt {
  field: string;
  send: (text: string) => Promise<Response>;
}

/** One attempt for each field of an operation that may hold a text: in its path, its query, and its body or form. */
function attemptsOn(operation: Operation): Attempt[] {
  const { method, params, query, body, form, example } = operation;
  const inPath = params ? Object.keys((params as z.ZodObject).shape) : [];
  const inQuery = query ? Object.keys(query.shape) : [];
  const base = body && (example?.body ?? exampleOf(schemaOf(body)));
  const fields = body ? textFields(schemaOf(body)) : [];
  const send = (path: string, text: unknown = base) =>
    admin.send(method, path, form ? formOf({ x: 'y' }, {}) : text);
  return [
    ...inPath.map((name) => ({
      field: `{${name}}`,
      send: (text: string) => send(pathOf(operation, { [name]: text })),
    })),
    ...inQuery.map((name) => ({
      field: `?${name}`,
      send: (text: string) => {
        const given = { ...example?.query, [name]: undefined } as Record<string, unknown>;
        const others = Object.entries(given).filter(([, value]) => value !== undefined);
        const all = [
          ...others.map(([key, value]) => `${key}=${encode(String(value))}`),
          `${name}=${encode(text)}`,
        ];
        return send(`${pathOf(operation)}?${all.join('&')}`);
      },
    })),
    ...(form
      ? [...new Set(fields.map(([name = '']) => name))].map((name) => ({
          field: name,
          send: (text: string) => admin.send(method, pathOf(operation), formOf({ [name]: text }, {})),
        }))
      : fields.map((path) => ({
          field: path.join('.'),
          send: (text: string) => send(pathOf(operation), withValue(base, path, text)),
        }))),
  ];
}

/** Sends all requests, some at a time. */
async function statusesOf(requests: readonly (() => Promise<string | undefined>)[]): Promise<string[]> {
  const faults: string[] = [];
  const left = [...requests];
  const worker = async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      const fault = await next();
      if (fault !== undefined) faults.push(fault);
    }
  };
  await Promise.all(Array.from({ length: 6 }, worker));
  return faults;
}

const all = (operations as readonly Operation[]).map((operation) => ({ operation, id: operation.id }));

/** The last one, because it erases what the others have stored. */
const ERASURE = 'erase-patient';

describe('A hostile text in any field', () => {
  test('is looked for in every operation that has a field', () => {
    const counts = all.map(({ operation }) => attemptsOn(operation).length);
    expect(counts.reduce((sum, count) => sum + count)).toBeGreaterThan(100);
    const without = all.filter(({ operation }) => attemptsOn(operation).length === 0).map(({ id }) => id);
    const fieldless = all
      .filter(({ operation: { params, query, body } }) => !params && !query && !takesText(body))
      .map(({ id }) => id);
    expect(without).toEqual(fieldless);
  });

  const isRefusedOrTaken = async ({ operation }: { operation: Operation }) => {
    const requests = attemptsOn(operation).flatMap(({ field, send }) =>
      Object.entries(HOSTILE).map(([what, text]) => async () => {
        const response = await send(text);
        const answer = await response.text();
        const isFault = response.status >= 500;
        return isFault ? `${field} with ${what}: ${response.status} ${answer.slice(0, 200)}` : undefined;
      }),
    );
    expect(await statusesOf(requests)).toEqual([]);
  };

  test.each(all.filter(({ id }) => id !== ERASURE))(
    'of $id is refused or taken, and never an error of the service',
    { timeout: 240_000 },
    isRefusedOrTaken,
  );

  test('that was taken leaves every list readable', async () => {
    for (const path of [
      `/api/images?patient_id=${PATIENT_1}`,
      `/api/images?batch_id=${ids.batch}`,
      `/api/images/batches?patient_id=${PATIENT_1}`,
      '/api/v2/keys',
      '/api/audit',
      '/dicom-web/studies',
    ])
      expect([200, 204], path).toContain((await admin.send('GET', path)).status);
  });

  test.each(all.filter(({ id }) => id === ERASURE))(
    'of $id is refused or taken, and never an error of the service',
    isRefusedOrTaken,
  );
});
