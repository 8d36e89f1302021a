import { expect, test } from 'vitest';
import * as z from 'zod';
import { ServiceClient } from '../../lib/cli/service-client.ts';
import { smoke } from '../../lib/deployment/smoke/smoke.ts';
import { photos } from '../fixtures/photos.ts';
import { ClinicPages } from '../support/clinic-pages.ts';
import { useOwnStack } from '../support/own-stack.ts';
import { newPatient } from '../support/people.ts';

// A new AWS account runs ten functions at once.
const service = useOwnStack({ concurrency: 10 });

const Batch = z.object({ id: z.string(), image_count: z.int() });
const Grants = z.object({
  uploads: z.array(
    z.object({ id: z.string(), upload_url: z.url(), headers: z.record(z.string(), z.string()) }),
  ),
});

test('With 100 open pages of 25 people and ten functions at once, the smoke test passes and no upload is lost', async () => {
  let waits = 0;
  const clientOf = async (user: string) =>
    new ServiceClient({
      url: new URL(service.stack.url),
      token: await service.stack.token(user),
      signal: AbortSignal.timeout(280_000),
      onWait: () => {
        waits += 1;
      },
    });
  const doctor = await clientOf('doctor');
  const patient = newPatient();
  const own = { name: 'Visit', content_type: 'patients.patient', object_id: patient };
  const { id: batch } = await doctor.json(Batch, 'POST', '/api/images/batches', own);
  const pages = new ClinicPages(service, {
    people: 25,
    pages: 100,
    requestsPerSecond: 20,
    paths: [
      `/api/images/?batch_id=${batch}`,
      `/api/images/batches/?patient_id=${patient}`,
      `/api/images/batches/${batch}/`,
      `/api/patients/${patient}/image-summary/`,
    ],
  });
  await pages.open();
  expect(pages.sockets).toHaveLength(100);
  pages.start();

  const startedAt = performance.now();
  const send = async () => {
    const files = await photos(10);
    const announced = files.map(({ name, bytes, type }) => ({ name, size: bytes.length, type }));
    const { uploads } = await doctor.json(Grants, 'POST', `/api/images/batches/${batch}/upload-urls`, {
      files: announced,
    });
    for (const [index, { upload_url: url, headers }] of uploads.entries()) {
      const body = files[index]?.bytes;
      expect((await fetch(url, { method: 'PUT', headers, ...(body && { body }) })).status).toBe(200);
    }
  };
  const token = await service.stack.token('admin');
  const admin = await clientOf('admin');
  const steps: string[] = [];
  const onStep = (what: string, milliseconds: number) => steps.push(`${Math.round(milliseconds)} ms ${what}`);
  await Promise.all([send(), smoke({ client: admin, token, onStep })]);
  const seconds = (performance.now() - startedAt) / 1000;
  const stillOpen = pages.sockets.filter(({ readyState }) => readyState === WebSocket.OPEN).length;
  await pages.close();

  await expect
    .poll(async () => (await doctor.json(Batch, 'GET', `/api/images/batches/${batch}`)).image_count, {
      timeout: 60_000,
      interval: 1000,
    })
    .toBe(10);
  console.log(
    `${Math.round(seconds)} s, answers by status: ${JSON.stringify(Object.fromEntries(pages.statuses))}, ` +
      `handshakes refused: ${pages.refusedHandshakes}, waits of the command line: ${waits}\n${steps.join('\n')}`,
  );
  expect(pages.faults).toEqual([]);
  expect(pages.statuses.get(200)).toBeGreaterThan(0);
  expect(stillOpen).toBe(100);
}, 300_000);
