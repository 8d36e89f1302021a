// Decodes files in a process of its own, so that nothing else is in its memory: collecting that would count as decoding.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { decodeFrame } from '../../../lib/media/dicom/decode/decode-frame.ts';
import { describePixels } from '../../../lib/media/dicom/parse/describe-pixels.ts';
import { readDicom } from '../../../lib/media/dicom/parse/read-dicom.ts';
import { familyOf } from '../processes.ts';

export interface DecodingTask {
  file: string;
}

export interface Decoding {
  /** Of this process and the one in which codecs run. */
  cpuMs: number;
  /** SHA-256 of the samples of the last frame. */
  sha256: string;
}

process.on('message', async ({ file }: DecodingTask) => {
  const dicom = readDicom(readFileSync(file));
  const pixels = describePixels(dicom);
  if (!pixels) throw new Error(`expected pixels in ${file}`);
  const [codecBeforeMs, before] = [cpuTimeOfCodec(), process.cpuUsage()];
  let samples: ArrayLike<number> = [];
  for (let frame = 0; frame < pixels.frames; frame++)
    samples = (await decodeFrame(dicom, pixels, frame)).samples;
  const { user, system } = process.cpuUsage(before);
  const decoding: Decoding = {
    cpuMs: (user + system) / 1000 + cpuTimeOfCodec() - codecBeforeMs,
    sha256: createHash('sha256').update(Int32Array.from(samples)).digest('hex'),
  };
  process.send?.(decoding);
});
/** The milliseconds of the process in which codecs run. Linux counts them in hundredths of a second, its own in millionths. */
const cpuTimeOfCodec = (): number =>
  familyOf(process.pid)
    .filter(({ pid }) => pid !== process.pid)
    .reduce((ms, { cpuMs }) => ms + cpuMs, 0);

process.once('disconnect', () => process.exit());
