import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { Report } from '../../../lib/cli/report.ts';
import { Speed } from '../../../lib/cli/speed.ts';

test('The speed is that of the last ten seconds', () => {
  let nowMs = 0;
  const speed = new Speed(() => nowMs);
  speed.add(1_000_000);
  nowMs = 500;
  // Less than a second is no measure.
  expect(speed.perSecond()).toBe(1_000_000);
  nowMs = 4000;
  speed.add(3_000_000);
  expect(speed.perSecond()).toBe(1_000_000);
  nowMs = 12_000;
  expect(speed.perSecond()).toBe(300_000);
  nowMs = 20_000;
  expect(speed.perSecond()).toBe(0);
});

test('The progress has bytes, speed and the time that is left', () => {
  const out = new PassThrough();
  const report = new Report(out as unknown as NodeJS.WriteStream);
  report.total = 2;
  report.totalBytes = 400_000_000;
  report.transferred(1_000_000);
  report.leave(1_000_000);
  report.count('stored', 'IM1');
  expect(String(out.read())).toBe(
    '1 of 2: 1 stored, 0 already there, 0 skipped, 0 refused, 0 failed; 1.0 MB of 400.0 MB, 1.0 MB/s, 7 min left\n',
  );
  report.leave(399_000_000);
  report.progress('done');
  expect(String(out.read())).toContain('; 400.0 MB of 400.0 MB; done\n');
});
