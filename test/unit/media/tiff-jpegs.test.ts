import { beforeAll, describe, expect, test } from 'vitest';
import { sharp } from '../../../lib/media/image/libvips.ts';
import { makeCopy } from '../../../lib/media/image/make-copy.ts';
import { makeRenditions } from '../../../lib/media/image/renditions.ts';

/** A picture with noise, as JPEG data in the strips or tiles of a TIFF. */
const tiffWith = (options: object): Promise<Buffer> =>
  sharp({
    create: {
      width: 600,
      height: 400,
      channels: 3,
      background: 'grey',
      noise: { type: 'gaussian', mean: 128, sigma: 30 },
    },
  })
    .tiff({ compression: 'jpeg', quality: 90, ...options })
    .toBuffer();

/** The offsets of the scans' headers. */
function scansOf(tiff: Buffer): number[] {
  const found: number[] = [];
  for (let at = tiff.indexOf('ffda000c03', 0, 'hex'); at >= 0; at = tiff.indexOf('ffda000c03', at + 1, 'hex'))
    found.push(at);
  return found;
}

describe.each([
  ['strips', {}],
  ['tiles', { tile: true, tileWidth: 128, tileHeight: 128 }],
])('JPEG data in %s of a TIFF', (_name, options) => {
  let tiff: Buffer;
  beforeAll(async () => {
    tiff = await tiffWith(options);
  });

  test('is shown, and gives a copy, if the decoder only complains about its parameters', async () => {
    const odd = Buffer.from(tiff);
    const scans = scansOf(odd);
    expect(scans.length).toBeGreaterThan(1);
    // The last coefficient of a scan is 63 in a sequential JPEG (T.81, B.2.3): libjpeg warns about any other number.
    for (const at of scans) odd[at + 12] = 0;
    const [shown, plain] = await Promise.all([makeRenditions(odd), makeRenditions(tiff)]);
    expect(shown.renditions).toEqual(plain.renditions);
    const copy = { format: 'png', width: 300, quality: undefined, watermark: undefined } as const;
    expect(await makeCopy(odd, copy)).toEqual(await makeCopy(tiff, copy));
  });

  test('is refused if pixels of one part are missing', async () => {
    const holed = Buffer.from(tiff);
    const [start = 0, next] = scansOf(holed).slice(-2);
    const end = holed.lastIndexOf('ffd9', next, 'hex');
    holed.fill(0, start + Math.floor((end - start) / 2), end);
    const reason = await makeRenditions(holed).then(
      () => 'shown',
      ({ reason }) => reason,
    );
    expect(reason).toMatch(/^This TIFF file is damaged or incomplete/);
  });
});
