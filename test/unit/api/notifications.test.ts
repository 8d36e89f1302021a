import { describe, expect, test } from 'vitest';
import {
  examImageNotification,
  exportNotification,
  imageNotification,
  type Notification,
} from '../../../lib/api/notifications.ts';
import { newExamImage } from '../../../lib/api/views/image-medicale.ts';
import type { Caller } from '../../../lib/domain/access/caller.ts';
import {
  type ExamImage,
  linkedToInstance,
  patientOfExamImage,
} from '../../../lib/domain/exams/exam-image.ts';
import type { Export } from '../../../lib/domain/exports/export.ts';
import type { Image } from '../../../lib/domain/images/image.ts';
import { newImage } from '../../../lib/domain/images/new-image.ts';
import { isSettled, isValid } from '../../../lib/domain/sockets/connection.ts';

const now = new Date('2026-01-01T12:00:00Z');
const staff = { role: 'staff', subject: 's' } as const;
const id = '0198c0de-0000-7000-8000-000000000001';
const callers: Record<string, Caller> = {
  staff,
  own: { role: 'patient', subject: 'a', patientId: 'P-1001' },
  other: { role: 'patient', subject: 'b', patientId: 'P-1002' },
  service: { role: 'service', subject: 'key', keyId: id, scopes: ['*:read'] },
};
const receiversOf = ({ isVisibleTo }: Notification) =>
  Object.keys(callers).filter((name) => isVisibleTo(callers[name] as Caller));
const typesOf = ({ messages }: Notification) => messages.map(({ type }) => type);

const pending: Image = newImage(
  { id, patientId: 'P-1001', fileName: 'a.jpg', mimeType: 'image/jpeg', fileSize: 10, order: 0 },
  staff,
  now,
);
const ready: Image = { ...pending, status: 'ready', key: 'images/a.jpg', crc32: 'AAAAAA==' };
const notificationOf = (before?: Image, after?: Image) =>
  imageNotification({ before, after }, () => undefined);

describe('Events of an image', () => {
  test.each<[string, Image | undefined, Image | undefined, string[]]>([
    ['none when it is registered', undefined, pending, []],
    ['none when its client reports its arrival', pending, { ...pending }, []],
    ['uploaded and ready', pending, ready, ['IMAGE_UPLOADED', 'IMAGE_READY']],
    [
      'uploaded and rejected',
      pending,
      { ...pending, status: 'rejected' },
      ['IMAGE_UPLOADED', 'IMAGE_REJECTED'],
    ],
    ['a change before that', pending, { ...pending, caption: 'left' }, ['IMAGE_CHANGED']],
    ['a change after that', ready, { ...ready, order: 2 }, ['IMAGE_CHANGED']],
    ['none for a change of an internal field', ready, { ...ready, linkSecret: 'x'.repeat(43) }, []],
    ['deleted', ready, undefined, ['IMAGE_DELETED']],
    ['none for the deletion of a pending image', pending, undefined, []],
  ])('%s', (_title, before, after, types) => {
    expect(typesOf(notificationOf(before, after))).toEqual(types);
  });

  test('are sent to the clinic and its patient', () => {
    expect(receiversOf(notificationOf(pending, ready))).toEqual(['staff', 'own']);
    expect(receiversOf(notificationOf(ready, undefined))).toEqual(['staff', 'own']);
    const { patientId: _patientId, ...nobodys } = ready;
    expect(receiversOf(notificationOf(nobodys, undefined))).toEqual(['staff']);
  });
});

test('The end of an upload or an export is awaited by the person who began it, and no other event is', () => {
  expect(notificationOf(pending, ready).awaitedBy).toBe(staff.subject);
  expect(notificationOf(ready, { ...ready, order: 2 }).awaitedBy).toBeUndefined();
  expect(notificationOf(ready, undefined).awaitedBy).toBeUndefined();
  const restored = notificationOf({ ...ready, status: 'deleted' }, ready);
  expect([typesOf(restored), restored.awaitedBy]).toEqual([['IMAGE_UPLOADED', 'IMAGE_READY'], undefined]);
});

test('An export sends an event once when it is ready, and again when it was made again', () => {
  const running = {
    id,
    run: id,
    patientId: 'P-1001',
    batchId: id,
    requestedBy: 'd',
    status: 'running',
    bytes: 1,
    bytesDone: 0,
    expiresAt: 1,
  } as Export;
  const done: Export = { ...running, status: 'ready', bytesDone: 1 };
  expect(typesOf(exportNotification({ before: running, after: done }))).toEqual(['EXPORT_READY']);
  expect(typesOf(exportNotification({ before: done, after: { ...done } }))).toEqual([]);
  expect(
    typesOf(exportNotification({ before: done, after: { ...done, run: `${id.slice(0, -1)}2` } })),
  ).toEqual(['EXPORT_READY']);
  expect(typesOf(exportNotification({ before: done }))).toEqual([]);
  expect(receiversOf(exportNotification({ before: running, after: done }))).toEqual(['staff', 'own']);
  expect(exportNotification({ before: running, after: done }).awaitedBy).toBe('d');
});

describe('An event of a picture of an exam', () => {
  const given = {
    examenID: id,
    studyInstanceUID: '1.2.3',
    seriesInstanceUID: '1.2.3.4',
    sopInstanceUID: '1.2.3.4.5',
    dateAcquisition: now.toISOString(),
    modalite: 'CT',
    description: '',
    url: null,
  };
  const registered = newExamImage(given, { id, registration: id }, staff, now);
  const stored = { studyUid: '1.2.3', seriesUid: '1.2.3.4', sopUid: '1.2.3.4.5' };
  const theirs = linkedToInstance(registered, { ...stored, source: 'clinic' });
  const patientOf = (image?: ExamImage) => image && patientOfExamImage(image, async () => 'P-1001');

  test('is sent to the clinic when it is registered, and to its patient when it belongs to them', async () => {
    const sentFor = async (before?: ExamImage, after?: ExamImage) => {
      const happened = examImageNotification({ before, after }, (await patientOf(after)) ?? null);
      return [...typesOf(happened), ...receiversOf(happened)];
    };
    expect(await sentFor(undefined, registered)).toEqual(['IMAGE_UPLOADED', 'staff']);
    expect(await sentFor(undefined, theirs)).toEqual(['IMAGE_UPLOADED', 'staff', 'own']);
    expect(await sentFor(registered, theirs)).toEqual(['IMAGE_UPLOADED', 'own']);
    expect(await sentFor(theirs, theirs)).toEqual([]);
    expect(await sentFor(theirs, undefined)).toEqual([]);
  });

  test('is sent to no patient because of a file that they sent, or of one with other identifiers', async () => {
    const fromPatient = linkedToInstance(registered, { ...stored, source: 'patient' });
    expect(fromPatient).toEqual({ ...registered, storedBy: 'patient' });
    expect(await patientOf(fromPatient)).toBeNull();
    expect(linkedToInstance(registered, { ...stored, source: 'clinic', studyUid: '1.2.9' })).toEqual(
      registered,
    );
  });
});

test('A connection is valid until its token expires, and settled once every handshake has ended', () => {
  const connection = {
    id: 'c=',
    caller: staff,
    connectedAt: now.toISOString(),
    until: now.getTime() / 1000 + 60,
  };
  const after = (seconds: number) => new Date(now.getTime() + seconds * 1000);
  expect([59, 60].map((seconds) => isValid(connection, after(seconds)))).toEqual([true, false]);
  expect([29, 31].map((seconds) => isSettled(connection, after(seconds)))).toEqual([false, true]);
});
