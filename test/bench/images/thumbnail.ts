import { availableParallelism } from 'node:os';
import sharp, { type Sharp } from 'sharp';
import { makeRenditions } from '../../../lib/media/image/renditions.ts';
import { inTurns, median } from '../measure.ts';
import { atMost, type Bench, headline, type Result } from '../result.ts';
import { makePhoto } from './photo.ts';

const ROUNDS = 25;
const png = { compressionLevel: 2, adaptiveFiltering: true };
const jpeg = { quality: 85 };

const inside = (image: Sharp, box: number) =>
  image.resize({ width: box, height: box, fit: 'inside', withoutEnlargement: true });

/** A simple script for the same three files, without any of our checks. */
const scripts = {
  'each copy from the file, all at once': (photo: Buffer) =>
    Promise.all([
      inside(sharp(photo).autoOrient(), 300).png(png).toBuffer(),
      inside(sharp(photo).autoOrient(), 300).jpeg(jpeg).toBuffer(),
      inside(sharp(photo).autoOrient(), 400).jpeg(jpeg).toBuffer(),
    ]),
  'each copy from the file, PNG as sharp makes it': (photo: Buffer) =>
    Promise.all([
      inside(sharp(photo).autoOrient(), 300).png().toBuffer(),
      inside(sharp(photo).autoOrient(), 300).jpeg(jpeg).toBuffer(),
      inside(sharp(photo).autoOrient(), 400).jpeg(jpeg).toBuffer(),
    ]),
  'one decode to 400, copies from its pixels': async (photo: Buffer) => {
    const { data, info } = await inside(sharp(photo).autoOrient(), 400)
      .raw()
      .toBuffer({ resolveWithObject: true });
    const pixels = () =>
      sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } });
    return Promise.all([
      inside(pixels(), 300).png(png).toBuffer(),
      inside(pixels(), 300).jpeg(jpeg).toBuffer(),
      pixels().jpeg(jpeg).toBuffer(),
    ]);
  },
  'one decode to 400, one more resize, copies from both': async (photo: Buffer) => {
    const large = await inside(sharp(photo).autoOrient(), 400).raw().toBuffer({ resolveWithObject: true });
    const of = ({ data, info: { width, height, channels } }: typeof large) =>
      sharp(data, { raw: { width, height, channels } });
    const card = of(large).jpeg(jpeg).toBuffer();
    const small = await inside(of(large), 300).raw().toBuffer({ resolveWithObject: true });
    return Promise.all([of(small).png(png).toBuffer(), of(small).jpeg(jpeg).toBuffer(), card]);
  },
};

/** All renditions of one 6-megapixel JPEG, against the fastest plain sharp script for the same files. */
export async function thumbnail({ progress }: Bench, rounds = ROUNDS): Promise<Result> {
  const photo = await makePhoto(3000, 2000);
  const own = { concurrency: sharp.concurrency() };

  const works: Record<string, () => Promise<unknown>> = {};
  for (const concurrency of new Set([1, availableParallelism()])) {
    for (const [name, script] of Object.entries(scripts)) {
      works[`${name}, ${concurrency} thread(s)`] = () => {
        sharp.concurrency(concurrency);
        return script(photo);
      };
    }
  }
  progress(`thumbnail: choosing the fastest of ${Object.keys(works).length} plain scripts`);
  await inTurns(1, works);
  const trial = await inTurns(Math.ceil(rounds / 3), works);
  const [fastest = ''] = Object.keys(works).sort((a, b) => median(trial[a] ?? []) - median(trial[b] ?? []));

  progress(`thumbnail: ${rounds} times the product and: ${fastest}`);
  const product = () => {
    sharp.concurrency(own.concurrency);
    return makeRenditions(photo);
  };
  await product();
  const turns = await inTurns(rounds, { product, floor: works[fastest] as () => Promise<unknown> });
  const result = headline(median(turns.product), 'ms', median(turns.floor));
  return {
    ...result,
    aims: [atMost('times the floor', median(turns.product) / median(turns.floor), 1.1)],
    notes: [
      `medians of ${rounds} runs on a JPEG of 3000×2000 pixels and ${photo.length} bytes; the floor is: ${fastest}`,
      'only the product checks that the file is whole and within the limits, and reads its facts',
    ],
    rows: {
      product: { ms: result.value },
      ...Object.fromEntries(
        Object.entries(trial).map(([name, ms]) => [name, { ms: Number(median(ms).toFixed(1)) }]),
      ),
    },
  };
}
