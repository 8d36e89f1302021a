import { expect, test } from 'vitest';
import { seed } from '../seed/seed.ts';
import { useOwnStack } from '../support/own-stack.ts';

// With the limits of requests in a minute that every user of the command has.
const service = useOwnStack({ environment: {} });

async function counts() {
  const token = await service.stack.token('admin', { sub: 'who-counts' });
  // biome-ignore lint/suspicious/noExplicitAny: an answer, of which a few fields are compared below
  const get = async (path: string): Promise<any> => {
    const answer = await fetch(`${service.stack.url}${path}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(answer.status).toBe(200);
    return answer.json();
  };
  return {
    paula: await get('/api/patients/P-1001/image-summary'),
    peter: await get('/api/patients/P-1002/image-summary'),
    case: (await get('/api/v1/images/cases/C-SAMPLE')).images.length,
    instances: (await get('/dicom-web/studies/2.25.2025110601/instances')).length,
  };
}

test('the sample data exists after one run, and is the same after two', async () => {
  const said: string[] = [];
  await seed(service.stack.url, (line) => said.push(line));
  const first = await counts();
  expect(first).toEqual({
    paula: { batches: 2, images: 6 },
    peter: { batches: 1, images: 2 },
    case: 2,
    instances: 3,
  });
  expect(said).toHaveLength(5);
  said.length = 0;
  await seed(service.stack.url, (line) => said.push(line));
  expect(said.every((line) => line.includes(': 0 new '))).toBe(true);
  expect(await counts()).toEqual(first);
}, 180_000);

test('without a running stack, it prints what to do', async () => {
  await expect(seed('http://localhost:1')).rejects.toThrow(
    'No local stack answers at http://localhost:1: start one with npm start, or name its address.',
  );
});
