import { expect, test } from 'vitest';
import { operations } from '../../../functions/operations.ts';
import { changesState } from '../../../lib/api/operation.ts';
import type { AuditEvent } from '../../../lib/domain/audit/audit-event.ts';
import { changesSince } from '../../../lib/services/restore/changes-since.ts';
import { dicomPathOf, REPEATED } from '../../../lib/services/restore/repeat-changes.ts';
import { deletedIn, STORED_AGAIN } from '../../../lib/services/restore/store-again.ts';
import { eventOfSystem } from '../../fixtures/audit-events.ts';

/** What people have to do again: docs/restore.md names it. */
const LEFT = [
  // People are in the user pool, which no restoration touches.
  ...['create-person', 'update-person'],
  ...['rename-batch', 'assign-case', 'update-image', 'update-images', 'hold-image', 'release-image'],
  ...['assign-study', 'hold-study', 'release-study', 'create-exam-image', 'create-api-key', 'put-patient'],
  ...['edit-image', 'erase-patient'],
  ...['create-annotation', 'change-annotation', 'remove-annotation'],
];

test('Every operation that changes data is repeated, stored again, or left to people', () => {
  const changing = operations.filter(changesState).map(({ id }) => id);
  const known = [...Object.keys(REPEATED), ...STORED_AGAIN, ...LEFT];
  expect([...new Set(known)].sort()).toEqual([...known].sort());
  expect([...known].filter((id) => !operations.some((operation) => operation.id === id))).toEqual([]);
  expect(changing.filter((id) => !known.includes(id))).toEqual([]);
});

const event = (given: Partial<AuditEvent>): AuditEvent => ({
  ...eventOfSystem(),
  method: 'DELETE',
  at: '2026-11-29T10:00:00.000Z',
  ...given,
});

async function readBack(lines: object[], since = '2026-11-29T09:00:00.000Z') {
  async function* sealedSince() {
    yield* lines as never[];
  }
  return changesSince({ sealedSince }, new Date(since), new Date('2026-11-29T11:00:00.000Z'));
}
const line = (of: AuditEvent, sk = 'EVENT') => ({ ...of, change: 'INSERT', pk: `EVENT#${of.id}`, sk });

test('The end of an event counts, reads do not, and repeated lines count once', async () => {
  const opened = event({ outcome: 'opened', action: 'delete-image' });
  const ended = { ...opened, outcome: 'success' as const };
  const read = event({ method: 'GET' });
  const old = event({ at: '2026-11-29T08:00:00.000Z' });
  const later = event({ at: '2026-11-29T10:30:00.000Z' });
  const found = await readBack([
    ...[line(later), line(ended, 'END'), line(opened), line(ended, 'END'), line(read), line(old)],
    { change: 'INSERT', pk: 'EVENT#damaged', sk: 'EVENT' },
  ]);
  expect(found).toEqual([ended, later]);
});

test('A restoration cancels a deletion, and a failed deletion is none', () => {
  const of = (action: string, resource: string, given: Partial<AuditEvent> = {}) =>
    event({ action, resources: [resource], outcome: 'success', ...given });
  const events = [
    of('delete-image', 'image 1'),
    of('delete-image', 'image 2'),
    of('restore-image', 'image 1'),
    of('delete-image', 'image 3', { outcome: 'failed' }),
    of('delete-instances', 'series 1.2.4', { path: '/dicom-web/studies/1.2.3/series/1.2.4' }),
  ];
  expect([...deletedIn(events)]).toEqual(['image 2', '1.2.4']);
});

test('The path of a request has the study, the series and the instance', () => {
  const whole = '/dicom-web/studies/1.2/series/3.4/instances/5.6';
  expect(dicomPathOf(whole)).toEqual({ study: '1.2', series: '3.4', instance: '5.6' });
  expect(dicomPathOf(`${whole}/restore`)).toEqual({ study: '1.2', series: '3.4', instance: '5.6' });
  expect(dicomPathOf('/dicom-web/studies/1.2')).toEqual({
    study: '1.2',
    series: undefined,
    instance: undefined,
  });
});
