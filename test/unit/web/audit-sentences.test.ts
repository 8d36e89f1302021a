import { expect, test } from 'vitest';
import { operations } from '../../../functions/operations.ts';
import { isAudited } from '../../../lib/api/operation.ts';
import { csvOf } from '../../../web/src/admin/audit-csv.ts';
import { extentOf, groupEvents, sentenceOf } from '../../../web/src/admin/audit-sentences.ts';
import type { AuditEvent } from '../../../web/src/api/types.ts';

let number = 0;
const event = (own: Partial<AuditEvent>): AuditEvent => ({
  id: `0198c6a2-7f51-7d2e-8a35-${String(++number).padStart(12, '0')}`,
  at: '2026-11-29T13:24:00.000Z',
  who: 'subject-of-dana',
  name: 'Dana Doctor',
  role: 'doctor',
  action: 'get-frames',
  about: 'CT thorax',
  method: 'GET',
  path: '/x',
  patient_ids: ['P-1001'],
  things: [],
  status: 200,
  outcome: 'success',
  request_id: null,
  address: null,
  has_reads: false,
  ...own,
});

/** Events at these seconds before a time, newest first, of one image each. */
const events = (seconds: readonly number[], own: Partial<AuditEvent> = {}) =>
  seconds.map((before) =>
    event({
      at: new Date(Date.parse('2026-11-29T13:25:00.000Z') - before * 1000).toISOString(),
      things: [`instance 1.2.${before}`],
      ...own,
    }),
  );

test('What one person does with one thing of one patient is one sentence, although others do something in between', () => {
  const [a, b, c] = events([0, 20, 40]) as [AuditEvent, AuditEvent, AuditEvent];
  const other = event({ who: 'sam', name: 'Sam Staff', role: 'staff' });
  const groups = groupEvents([a, other, b, { ...c, action: 'get-metadata' }]);
  expect(groups.map((group) => [group.name, sentenceOf(group), group.from, group.to])).toEqual([
    ['Dana Doctor', 'viewed CT thorax', c.at, a.at],
    ['Sam Staff', 'viewed CT thorax', other.at, other.at],
  ]);
  expect(groups.map(extentOf)).toEqual(['3 images', undefined]);
});

test.each([
  ['another patient', { patient_ids: ['P-1002'] }],
  ['another outcome', { outcome: 'denied' }],
  ['another action', { action: 'delete-instances' }],
  ['another thing', { about: 'MR head' }],
  ['a pause of more than ten minutes', { at: '2026-11-29T13:14:00.000Z' }],
] satisfies [string, Partial<AuditEvent>][])('%s is a sentence of its own', (_what, own) => {
  const [a, b] = events([0, 1]) as [AuditEvent, AuditEvent];
  expect(groupEvents([a, { ...b, ...own }])).toHaveLength(2);
});

test('Every audited operation has words of its own', () => {
  const wordless = operations
    .filter(isAudited)
    .filter(({ id }) => sentenceOf({ action: id, about: null }) === id.replaceAll('-', ' '))
    .map(({ id }) => id);
  expect(wordless).toEqual([]);
});

test('In a file for spreadsheets, no field is a formula, and commas, quotes and lines stay within theirs', () => {
  const [, line] = csvOf([
    event({
      name: '=HYPERLINK("http://x")',
      reason: 'a "quote", and\r\na line',
      things: ['image 1', 'image 2'],
    }),
  ]).split(/\r\n(?=2026)/);
  expect(line).toContain(`"'=HYPERLINK(""http://x"")"`);
  expect(line).toContain('"a ""quote"", and\r\na line"');
  expect(line).toContain('image 1; image 2');
});
