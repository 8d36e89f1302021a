import { describe, expect, test } from 'vitest';
import { Turns } from '../../../lib/lambda/events/turns.ts';
import { type CheckDeps, checkUpload } from '../../../lib/services/dicom/check-upload.ts';

const NOW = new Date('2026-01-02T03:04:05Z');
const MB = 1024 * 1024;

/** Uploads whose bytes are read when the test says so. None of them is DICOM. */
function uploads(sizes: readonly number[], found = sizes, unended: readonly number[] = []) {
  const events: string[] = [];
  const reads = sizes.map(() => Promise.withResolvers<void>());
  const indexOf = (key: string) => Number(key.at(-1));
  const deps = {
    scans: false,
    checkAttempts: {
      beginFirst: async (key: string) => unended[indexOf(key)] ?? 0,
      begin: async (key: string) => {
        events.push(`counts ${indexOf(key)}`);
        return (unended[indexOf(key)] ?? 0) + 1;
      },
      end: async () => {},
    },
    objects: {
      find: async (key: string) => {
        const index = indexOf(key);
        events.push(`reads ${index}`);
        return {
          headers: { 'content-length': `${found[index]}` },
          destroy: () => events.push(`leaves ${index}`),
          async *[Symbol.asyncIterator]() {
            await reads[index]?.promise;
            yield Buffer.alloc(1);
          },
        };
      },
    },
    dicomUploads: {
      decide: async ({ id }: { id: string }, { status }: { status: string }) =>
        events.push(`${status} ${id}`),
    },
    now: () => NOW,
  } as unknown as CheckDeps;
  const turns = new Turns(sizes.length, () => Number.POSITIVE_INFINITY, 0);
  const all = Promise.allSettled(
    sizes.map((fileSize, index) =>
      turns.take(() => checkUpload({ id: `${index}`, fileSize } as never, deps, turns)),
    ),
  );
  return { events, end: (index: number) => reads[index]?.resolve(), all };
}

describe('Of the uploads of one invocation', () => {
  test('small ones are in memory together, and a large one waits until it is alone', async () => {
    const { events, end, all } = uploads([9 * MB, MB, MB]);
    await expect.poll(() => events).toEqual(['reads 1', 'reads 2']);
    end(1);
    await expect.poll(() => events).toContain('rejected 1');
    expect(events).not.toContain('reads 0');
    end(2);
    await expect.poll(() => events).toContain('reads 0');
    expect(events.indexOf('reads 0')).toBeGreaterThan(events.indexOf('rejected 2'));
    end(0);
    await all;
  });

  test('one whose check never ended is counted and read when the others are done', async () => {
    const { events, end, all } = uploads([1, 1, 1], undefined, [2, 0, 1]);
    await expect.poll(() => events).toEqual(['reads 1']);
    for (const index of [0, 1, 2]) end(index);
    await all;
    expect(events).toEqual([
      'reads 1',
      'rejected 1',
      'counts 2',
      'reads 2',
      'rejected 2',
      'counts 0',
      'reads 0',
      'rejected 0',
    ]);
  });

  test('one with other bytes than announced is not read', async () => {
    const { events, all } = uploads([MB], [200 * MB]);
    await all;
    expect(events).toEqual(['reads 0', 'leaves 0', 'rejected 0']);
  });

  test('one whose checks ended three processes fails', async () => {
    const { events, all } = uploads([1], undefined, [3]);
    const [outcome] = await all;
    expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'PermanentFailure' } });
    expect(events).toEqual(['counts 0', 'failed 0']);
  });
});
