import { expect, test } from 'vitest';
import { adminEnvironment } from '../../lib/local/admin-environment.ts';
import { photo } from '../fixtures/photos.ts';
import { directAccess } from '../support/direct-access.ts';
import { useOwnStack } from '../support/own-stack.ts';
import { reconcileAll } from '../support/reconciling.ts';
import { createBatch, decided, until, upload } from '../support/service.ts';

const service = useOwnStack({ faults: 'seed=7' });
const hourMs = 60 * 60 * 1000;

test('A deletion whose function ends before its event does is in the audit log, and its event gets an end', async () => {
  const doctor = await service.as('doctor');
  const direct = await directAccess(service);
  const [image = ''] = await upload(doctor, await createBatch(doctor), [await photo()]);
  await decided(doctor, image);
  service.faults.set('kill=delete-image@after:dynamodb:TransactWriteItems');
  const { status } = await doctor.send('DELETE', `/api/images/${image}/`);
  expect(status).toBeGreaterThanOrEqual(500);
  service.faults.set('');
  await doctor.json('GET', `/api/images/${image}/`, 404);

  const now = service.clock.now();
  const eventOf = async () => {
    const events = await Array.fromAsync(
      direct.auditReader.within(new Date(now - hourMs), new Date(now + hourMs)),
    );
    return events.find(({ action, path }) => action === 'delete-image' && path.includes(image));
  };
  expect(await eventOf()).toMatchObject({ outcome: 'opened' });
  const at = new Date(now + hourMs);
  expect(await reconcileAll(adminEnvironment(service.whole), { at })).toMatchObject({ openEvent: '1/1' });
  expect(await eventOf()).toMatchObject({ outcome: 'unknown' });
});

test.each([
  'kill=make-thumbnail@before:dynamodb:TransactWriteItems',
  'kill=make-thumbnail@after:dynamodb:TransactWriteItems',
  'kill=make-thumbnail@after:s3:PutObject#2',
])('An image becomes ready although its function ends: %s', async (fault) => {
  const countsOf = () => Object.values(service.faults.counts()).reduce((sum, count) => sum + count, 0);
  const before = countsOf();
  service.faults.set(fault);
  const doctor = await service.as('doctor');
  const batch = await createBatch(doctor);
  const [image = ''] = await upload(doctor, batch, [await photo({ name: 'killed.jpg' })]);
  await until(async () => countsOf() > before);
  // The message is hidden for six times the timeout of the function.
  await service.clock.advance(hourMs);
  const { status, rejection_reason } = await decided(await service.as('doctor'), image);
  expect({ status, rejection_reason }).toMatchObject({ status: 'ready' });
  expect(countsOf() - before).toBe(1);
});
