import { writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { renditionKey } from '../../../lib/storage/object-keys.ts';
import { launchBrowser } from '../../support/browser/launch-browser.ts';
import { filledBatch, PATIENT } from '../clinic.ts';
import { makePhoto } from '../images/photo.ts';
import { importItems } from '../import-items.ts';
import { median, percentile } from '../measure.ts';
import { type BenchObject, putObjects } from '../put-objects.ts';
import { atMost, type Bench, headline, type Result, type Row, round } from '../result.ts';
import { withDataDir, withStackProcess } from '../stack.ts';
import { scrollFrames } from './page-scroll.ts';
import { signedIn } from './page-sign-in.ts';
import { pipelineTimes, thumbnailTimes } from './page-thumbnails.ts';
import { updateTimes } from './page-updates.ts';

const full = {
  images: 2000,
  photos: 16,
  photoWidth: 3400,
  rounds: 1,
  frames: 400,
  changes: 20,
};
/**
 * A longer frame means less than thirty frames in a second; clocks measure two sixtieths as 33.3 to 33.5 ms.
 */
const SLOW_FRAME_MS = 34;

/** The web page in a real browser: uploads, changes by other people, and a batch of thousands. */
export async function page({ cdkOut, progress }: Bench, size = full): Promise<Result> {
  const out = await cdkOut();
  const { batchId, items, imageKeys } = filledBatch(size.images);
  const browser = await launchBrowser();
  try {
    return await withStackProcess(
      out,
      (dataDir) => importItems(out, dataDir, items),
      async (stack) => {
        progress(`page: storing ${size.images} thumbnails`);
        await putObjects(out, stack, (await thumbnailsOf(imageKeys)).values());

        const desk = await signedIn(browser, stack.url, `/patients/${PATIENT}`);
        progress(
          `page: ${size.rounds} times ${size.frames} frames through ${size.images} images, and the floor`,
        );
        const scrolled = await scrollFrames(desk, size);
        progress(`page: ${size.changes} changes that somebody else makes`);
        const updates = await updateTimes(desk, stack.url, batchId, size.changes);
        await desk.context().close();

        progress(`page: ${size.photos} photographs, ${size.rounds} times as many, and the floor`);
        const thumbnails = await withPhotos(size, async (photos) => {
          const first = await thumbnailTimes(browser, stack.url, photos);
          const times = { first, product: [] as number[], floor: [] as number[] };
          for (let turn = 0; turn < size.rounds; turn++) {
            times.product.push(...(await thumbnailTimes(browser, stack.url, photos)));
            times.floor.push(...(await pipelineTimes(stack.url, photos)));
          }
          return times;
        });

        const slow = percentOf(scrolled.product.frames, (ms) => ms > SLOW_FRAME_MS);
        return {
          ...headline(percentile(thumbnails.product, 0.95), 'ms', percentile(thumbnails.floor, 0.95)),
          aims: [
            atMost(
              'ms from the end of an upload to its thumbnail (p95)',
              percentile(thumbnails.product, 0.95),
              2000,
            ),
            atMost(
              'ms from a change to its sight in another browser (p95)',
              percentile(updates.all, 0.95),
              2000,
            ),
            atMost(`% of the frames of a scroll over ${SLOW_FRAME_MS} ms`, slow, 1),
            atMost('images in the page at once', scrolled.tiles, 60),
          ],
          notes: [
            'the headline is p95 from the end of a PUT to the thumbnail on the screen; the floor is the same without a page: the news through a socket, and the bytes',
            `${size.photos} photographs of ${size.photoWidth} pixels across, dropped at once, over a line of 50 Mbit/s; all of them are in view`,
            `a scroll goes by 7,200 pixels a second, as by a finger, through ${size.images} images, of which ${scrolled.asked} thumbnails were asked for; its floor is a list of empty boxes of the same height`,
            'the browser draws without a graphics card, and shares the machine with the service',
          ],
          rows: {
            'thumbnail, from the end of the upload': times(thumbnails.product, thumbnails.floor),
            'thumbnail of the first upload, for which functions start': times(thumbnails.first),
            'category that somebody else changed': times(updates.category),
            'image that somebody else deleted': times(updates.deleted),
            'frame of a scroll': frames(scrolled.product.frames),
            'frame of the floor': frames(scrolled.floor.frames),
          },
        };
      },
    );
  } finally {
    await browser.close();
  }
}

const times = (product: readonly number[], floor?: readonly number[]): Row => ({
  p50Ms: round(median(product)),
  p95Ms: round(percentile(product, 0.95)),
  longestMs: round(Math.max(...product)),
  ...(floor && { floorP50Ms: round(median(floor)), floorP95Ms: round(percentile(floor, 0.95)) }),
});

const frames = (all: readonly number[]): Row => ({
  ...times(all),
  [`over${SLOW_FRAME_MS}MsPercent`]: round(percentOf(all, (ms) => ms > SLOW_FRAME_MS)),
});

const percentOf = (values: readonly number[], isSo: (value: number) => boolean): number =>
  (100 * values.filter(isSo).length) / values.length;

/** The thumbnails of images that the pipeline has not processed before. */
async function thumbnailsOf(imageKeys: readonly string[]): Promise<BenchObject[]> {
  const Body = await sharp(await makePhoto(900, 600))
    .resize(300)
    .jpeg({ quality: 85 })
    .toBuffer();
  return imageKeys.map((key) => ({ Key: renditionKey(key, 'thumbnail'), Body, ContentType: 'image/jpeg' }));
}

/** Passes photographs to the work, as files of a folder. */
async function withPhotos<T>(
  { photos, photoWidth }: typeof full,
  work: (paths: string[]) => Promise<T>,
): Promise<T> {
  const photo = await makePhoto(photoWidth, Math.round((photoWidth * 3) / 4));
  return withDataDir(async (folder) => {
    const paths = Array.from({ length: photos }, (_value, index) => path.join(folder, `IMG_${index}.jpg`));
    for (const file of paths) writeFileSync(file, photo);
    return work(paths);
  });
}
