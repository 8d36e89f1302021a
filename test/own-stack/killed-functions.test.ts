import { expect, test } from 'vitest';
import { photo } from '../fixtures/photos.ts';
import { useOwnStack } from '../support/own-stack.ts';
import { createBatch, decided, until, upload } from '../support/service.ts';

const service = useOwnStack({ faults: 'seed=7' });
const hourMs = 60 * 60 * 1000;

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
