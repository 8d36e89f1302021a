import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { useService } from '../support/service.ts';

const service = useService();
const COMMAND = join(import.meta.dirname, '..', '..', 'bin', 'negatoscope.ts');

async function smoke(user: string, url = service.stack.url) {
  const env = { ...process.env, NEGATOSCOPE_TOKEN: await service.stack.token(user) };
  const args = [COMMAND, 'smoke', '--url', url];
  return promisify(execFile)(process.execPath, args, { env, timeout: 120_000 }).then(
    ({ stdout }) => ({ code: 0, stdout, stderr: '' }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  );
}

describe('negatoscope smoke', () => {
  test('goes through the whole service, and erases what it stored', async () => {
    const { code, stdout, stderr } = await smoke('admin');
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const steps = [...stdout.matchAll(/^ *\d+ ms {2}(.+)$/gm)].map(([, step]) => step);
    expect(steps).toEqual([
      'health',
      'an unknown path is 404',
      'socket',
      'batch',
      'upload to S3',
      'photograph to thumbnail',
      'thumbnail',
      'message of the socket',
      'original',
      '304 without a body',
      'ZIP',
      'a stream that is cut',
      'export',
      'DICOM store',
      'DICOM metadata',
      'DICOM rendered',
      'audit',
      'erase',
    ]);
    expect(stdout).toMatch(/Everything works\.\n$/);
  });

  test('says what went wrong, here for a person who is no admin', async () => {
    const { code, stderr } = await smoke('doctor');
    expect(code).not.toBe(0);
    expect(stderr).toContain('Insufficient permissions');
  });
});
