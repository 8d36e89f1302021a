import { afterAll } from 'vitest';
import { describeFile } from '../../lib/media/formats/describe-file.ts';
import { formatNames, sniffImageFormat } from '../../lib/media/formats/image-format.ts';

interface Counts {
  shown: number;
  'refused truly': number;
  /** Files with another result than the right one; the test fails. */
  differences: number;
}

/** Counts what the tests of a file of tests see, and prints it by format after the last one. */
export function formatTable(title: string) {
  const rows = new Map<string, Counts>();
  afterAll(() => {
    console.log(title);
    console.table(Object.fromEntries([...rows].toSorted(([one], [other]) => (one < other ? -1 : 1))));
  });
  /** Runs the check of a file, which throws if its result is another than the right one. */
  return async (format: string, result: 'shown' | 'refused truly', check: () => Promise<void>) => {
    const counts = rows.get(format) ?? { shown: 0, 'refused truly': 0, differences: 0 };
    rows.set(format, counts);
    try {
      await check();
      counts[result]++;
    } catch (error) {
      counts.differences++;
      throw error;
    }
  };
}

/** The name of an image's format, or what else the bytes are. */
export function imageFormatOf(bytes: Uint8Array): string {
  const format = sniffImageFormat(bytes)?.format;
  return format ? formatNames[format] : describeFile(bytes);
}
