import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { DeleteObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { DeleteCommand, NumberValue, PutCommand, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, test } from 'vitest';
import { connectTable } from '../../lib/data/dynamodb/table.ts';
import { auditKey } from '../../lib/data/keys.ts';
import { AuditHeads } from '../../lib/storage/audit-heads.ts';
import { AuditSegments } from '../../lib/storage/audit-segments.ts';
import { AUDIT_CHAIN, AUDIT_HEADS } from '../../lib/storage/object-keys.ts';
import { connectS3 } from '../../lib/storage/s3-client.ts';
import { eventOfSystem } from '../fixtures/audit-events.ts';
import { directAccess } from '../support/direct-access.ts';
import { useOwnStack } from '../support/own-stack.ts';
import { PATIENT_1 } from '../support/people.ts';
import { type Client, createBatch, until } from '../support/service.ts';

const service = useOwnStack();
let patient: Client;
let admin: Client;
beforeAll(async () => {
  patient = await service.as('patient-1');
  admin = await service.as('admin');
});

test('Requests for health and requests answered with 401 are not audited', async () => {
  /** The number of events; the list itself becomes one after it is read. */
  const events = async () => (await admin.json('GET', '/api/audit/?limit=200', 200)).events.length;
  await createBatch(patient);
  const before = await events();
  expect(before).toBe(1);
  const anonymous = await service.as();
  await anonymous.json('GET', '/health', 200);
  await anonymous.json('GET', '/health/ready', 200);
  await anonymous.json('GET', `/api/images/?patient_id=${PATIENT_1}`, 401);
  // The first list itself.
  expect(await events()).toBe(before + 1);
});

describe('negatoscope audit verify', () => {
  const verify = async () => {
    const root = path.join(import.meta.dirname, '..', '..');
    const env = {
      ...process.env,
      AUDIT_TABLE_NAME: service.stack.output('AuditTableName'),
      AUDIT_BUCKET_NAME: service.stack.output('AuditBucketName'),
    };
    return promisify(execFile)(process.execPath, ['bin/negatoscope.ts', 'audit', 'verify'], {
      cwd: root,
      env,
    }).then(
      ({ stdout }) => ({ code: 0, output: stdout }),
      ({ code, stdout, stderr }) => ({ code, output: stdout + stderr }),
    );
  };
  const table = () => connectTable(service.stack.output('AuditTableName'));
  const heads = () => new AuditHeads(service.stack.output('AuditBucketName'));

  test('finds no fault in an unchanged log', async () => {
    await directAccess(service);
    await createBatch(patient);
    const { code, output } = await until(async () => {
      const found = await verify();
      return found.output.includes(' 0 items not sealed yet') && found;
    });
    expect(output).toMatch(
      /^[1-9]\d* links, [1-9]\d* sealed events, 0 items not sealed yet\nNothing was changed/,
    );
    expect(code).toBe(0);
  });

  test('finds the events of some seconds in one link, as the batching window collects them', async () => {
    const sealed = () =>
      until(async () => {
        const { output } = await verify();
        const [, links, events, waiting] =
          /^(\d+) links, (\d+) sealed events, (\d+) items not sealed yet/.exec(output) ?? [];
        return waiting === '0' && { links: Number(links), events: Number(events) };
      });
    const before = await sealed();
    for (let i = 0; i < 8; i++) await createBatch(patient);
    const after = await sealed();
    const [links, events] = [after.links - before.links, after.events - before.events];
    expect(events).toBe(8);
    expect(links).toBeLessThanOrEqual(events / 2);
  });

  test('finds no fault each day, and the daily run records the end of the chain, which nobody can delete', async () => {
    await directAccess(service);
    const bucket = service.stack.output('AuditBucketName');
    const newest = await new AuditSegments(bucket).newest();
    await service.stack.tick('verify-audit');
    const { Contents: [head] = [] } = await connectS3().send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: AUDIT_HEADS }),
    );
    expect(head?.Key).toMatch(new RegExp(`/${newest}-[0-9a-f]{64}$`));
    const deletion = connectS3().send(new DeleteObjectCommand({ Bucket: bucket, Key: head?.Key ?? '' }));
    await expect(deletion).rejects.toMatchObject({ name: 'AccessDenied' });
    expect(await heads().list()).toHaveLength(1);
  });

  test.each([
    [
      'changed',
      async (item: Record<string, unknown>) => {
        const update = {
          UpdateExpression: 'SET #s = :s',
          ExpressionAttributeNames: { '#s': 'subject' },
          ExpressionAttributeValues: { ':s': 'somebody-else' },
        };
        await table().client.send(
          new UpdateCommand({ TableName: table().name, Key: { pk: item.pk, sk: item.sk }, ...update }),
        );
      },
    ],
    [
      'deleted',
      async (item: Record<string, unknown>) => {
        await table().client.send(
          new DeleteCommand({ TableName: table().name, Key: { pk: item.pk, sk: item.sk } }),
        );
      },
    ],
    [
      'inserted later',
      async (item: Record<string, unknown>) => {
        const id = '01900000-0000-7000-8000-000000000000';
        await table().client.send(
          new PutCommand({
            TableName: table().name,
            Item: { ...item, id, pk: `EVENT#${id}`, at: '2020-01-01T00:00:00Z' },
          }),
        );
      },
    ],
  ])('finds an event that was %s', async (_title, tamper) => {
    const { Items = [] } = await table().client.send(new ScanCommand({ TableName: table().name }));
    await tamper(Items[0] ?? {});
    const { code, output } = await verify();
    expect(code).toBe(1);
    expect(output).toMatch(
      /event [0-9a-f-]{36}( \([^)]*\))? (was tampered with|is not what was sealed|is missing in the table|is in no segment)/,
    );
  });

  test('finds an unreadable event, which does not stop the sealing of later ones', async () => {
    const event = eventOfSystem();
    await (await directAccess(service)).auditLog.append(event);
    const update = {
      UpdateExpression: 'SET #s = :s REMOVE #p',
      ExpressionAttributeNames: { '#s': 'status', '#p': 'path' },
      ExpressionAttributeValues: { ':s': NumberValue.from('1e30') },
    };
    await table().client.send(
      new UpdateCommand({ TableName: table().name, Key: auditKey(event.id), ...update }),
    );
    await createBatch(patient);
    const { output } = await until(async () => {
      const found = await verify();
      return found.output.includes(' 0 items not sealed yet') && found;
    });
    expect(output).toMatch(new RegExp(`event ${event.id} was tampered with: link \\d+ says MODIFY`));
  });

  test('finds, as the daily run does, that a link is missing at the end', async () => {
    const newest = await new AuditSegments(service.stack.output('AuditBucketName')).newest();
    const lost = { number: newest + 1, sha256: 'a'.repeat(64), day: '2026-11-28' };
    await heads().record(lost, new Date());
    const { code, output } = await verify();
    expect(output).toContain(`the chain ends at link ${newest}; it had link ${newest + 1} on 2026-11-28`);
    expect(code).toBe(1);
    await service.stack.tick('verify-audit');
    // The alarm is on this metric. The line of the log may come after the response.
    const hasFaults = () =>
      [...readFileSync(service.whole.logFile, 'utf8').matchAll(/\{"_aws".*"faults":(\d+).*\}/g)].map(
        ([, faults]) => Number(faults) > 0,
      );
    await expect.poll(hasFaults).toEqual([false, true]);
  });
});

// The last test of this file: its events are in no table.
test('The chain takes thousands of events a second from four writers, and each of them has its number', async () => {
  await directAccess(service);
  const segments = new AuditSegments(service.stack.output('BucketName'));
  const linkCount = async () => {
    const keys = await connectS3().send(
      new ListObjectsV2Command({ Bucket: service.stack.output('BucketName'), Prefix: AUDIT_CHAIN }),
    );
    return keys.KeyCount ?? 0;
  };
  const before = await linkCount();
  const changesOf = (writer: number, batch: number) =>
    Array.from({ length: 1000 }, (_value, index) => {
      const event = { ...eventOfSystem(), action: `writer ${writer}, batch ${batch}, event ${index}` };
      return { ...event, ...auditKey(event.id), change: 'INSERT' as const };
    });
  const writers = [0, 1, 2, 3].map((writer) => [0, 1, 2].map((batch) => changesOf(writer, batch)));
  const start = performance.now();
  await Promise.all(
    writers.map(async (batches) => {
      for (const changes of batches) await segments.append(changes, new Date());
    }),
  );
  const perSecond = Math.round(12_000 / ((performance.now() - start) / 1000));
  console.log(`the chain took ${perSecond} events a second`);
  expect(await linkCount()).toBe(before + 12);
  expect(perSecond).toBeGreaterThan(1000);
});
