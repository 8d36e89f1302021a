import { describe, expect, test } from 'vitest';
import { operation } from '../../../functions/batches/rename-batch/operation.ts';
import { openApiDocument } from '../../../lib/api/openapi.ts';
import { changeIfMatch, entityTagOf } from '../../../lib/lambda/http/entity-tag.ts';
import { requireJson } from '../../../lib/lambda/http/require-json.ts';

const batch = { id: 'b-1', name: 'Visit', updated_at: '2026-03-01T10:00:00.000Z' };
const tag = entityTagOf({}, batch);

/** How a change with this header ends; `changed` says whether the resource is as it was read when it is written. */
const change = (ifMatch: string | undefined, isAsRead = true) =>
  changeIfMatch(operation, ifMatch === undefined ? {} : { 'if-match': ifMatch }, batch, async ({ asRead }) =>
    asRead && !isAsRead ? undefined : 'changed',
  ).catch(({ code }) => code);

describe('An entity tag', () => {
  test('is strong, and another one for another representation', () => {
    expect(tag).toMatch(/^"[\w-]{22}"$/);
    expect(entityTagOf({}, { ...batch })).toBe(tag);
    expect(entityTagOf({}, { ...batch, name: 'Other' })).not.toBe(tag);
  });

  test('stays the same if only ignored fields differ', () => {
    const of = (url: string | null) => entityTagOf({ ignores: ['url'] }, { ...batch, url });
    expect(of('https://a')).toBe(of(null));
  });
});

describe('If-Match', () => {
  test.each([undefined, '*', ' * ', tag, `"a,b", ${tag}`, `W/"x",${tag}`])(
    '%s lets the change pass',
    async (header) => {
      expect(await change(header)).toBe('changed');
    },
  );

  test.each(['"other"', `W/${tag}`, tag.slice(1, -1), '', `"${tag}"`])(
    '%s refuses the change',
    async (header) => {
      expect(await change(header)).toBe('PRECONDITION_FAILED');
    },
  );

  test('refuses a change if another one comes between the check and the write', async () => {
    expect(await change(tag, false)).toBe('PRECONDITION_FAILED');
    expect(await change(undefined, false)).toBe('changed');
  });

  test('is in the API document, with the status, and the tag of the answer', () => {
    const { put } = openApiDocument([operation]).paths[operation.path] as {
      put: { parameters: { name: string }[]; responses: Record<string, { headers?: object }> };
    };
    expect(put.parameters).toContainEqual(expect.objectContaining({ name: 'If-Match', in: 'header' }));
    expect(put.responses['412']).toBeDefined();
    expect(put.responses['415']).toBeDefined();
    expect(put.responses['200']?.headers).toHaveProperty('ETag');
  });
});

describe('A body that is declared as', () => {
  const outcome = (type: string | undefined) => {
    try {
      requireJson(type);
      return 'taken';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  test.each([
    undefined,
    '',
    'application/json',
    'Application/JSON; charset=UTF-8',
    'application/json;charset="utf-8"',
    'application/merge-patch+json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/plain;charset=UTF-8',
  ])('%s is taken', (type) => {
    expect(outcome(type)).toBe('taken');
  });

  test.each([
    'application/xml',
    'text/xml',
    'application/json; charset=utf-16',
    'application/json; charset=iso-8859-1',
    'application/jsonp',
    'image/jpeg',
    'json',
  ])('%s is refused', (type) => {
    expect(outcome(type)).toBe('UNSUPPORTED_MEDIA_TYPE');
  });
});
