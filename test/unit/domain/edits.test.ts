import { createHash } from 'node:crypto';
import fc from 'fast-check';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, test } from 'vitest';
import { applyEdits, editedSize, type Picture } from '../../../lib/domain/images/apply-edits.ts';
import {
  afterAction,
  type EditAction,
  isOriginal,
  NO_EDITS,
} from '../../../lib/domain/images/edit-actions.ts';
import type { ReadyImage } from '../../../lib/domain/images/image.ts';
import { copyOf } from '../../../lib/domain/images/image-copy.ts';
import { EditSteps } from '../../../lib/domain/images/image-edit.ts';
import { drawCopy } from '../../../lib/services/images/draw-copy.ts';

const fingerprint = ({ data, width, height, channels }: Picture) =>
  `${width}x${height}x${channels} ${createHash('sha256').update(data).digest('hex')}`;

/** Sides that can be cut into eighths without a remainder, also after two crops. */
const pictures = fc
  .tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 }), fc.constantFrom(1, 3, 4), fc.nat())
  .map(([wide, high, channels, seed]): Picture => {
    const [width, height] = [wide * 64, high * 64];
    let state = seed + 1;
    const data = Uint8Array.from({ length: width * height * channels }, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return state >>> 24;
    });
    return { data, width, height, channels: channels as Picture['channels'] };
  });

/** A part of a side, in eighths. */
const part = fc
  .tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 1, max: 8 }))
  .filter(([start, length]) => start + length <= 8)
  .map(([start, length]) => [start / 8, length / 8] as const);
const crops = fc
  .tuple(part, part)
  .map(
    ([[left, width], [top, height]]): EditAction => ({ kind: 'crop', crop: { left, top, width, height } }),
  );
const turns = fc
  .constantFrom('rotateRight', 'rotateLeft', 'flip', 'reset')
  .map((kind): EditAction => ({ kind }) as EditAction);
const straightenings = fc
  .integer({ min: -45, max: 45 })
  .map((degrees): EditAction => ({ kind: 'straighten', degrees }));
const adjustments = fc
  .tuple(fc.integer({ min: -100, max: 100 }), fc.integer({ min: -100, max: 100 }))
  .map(([brightness, contrast]): EditAction => ({ kind: 'adjust', brightness, contrast }));

const fold = (actions: readonly EditAction[]) => actions.reduce<EditSteps>(afterAction, NO_EDITS);

/** One action after the other, each on the picture that the one before left: by sharp. */
async function oneByOne(original: Picture, actions: readonly EditAction[]): Promise<Picture> {
  let shown = original;
  for (const action of actions) {
    const { data, width, height, channels } = shown;
    const image = sharp(data, { raw: { width, height, channels } });
    if (action.kind === 'reset') shown = original;
    else if (action.kind === 'rotateRight') shown = await pixelsOf(image.rotate(90));
    else if (action.kind === 'rotateLeft') shown = await pixelsOf(image.rotate(270));
    else if (action.kind === 'flip') shown = await pixelsOf(image.flop());
    else if (action.kind === 'crop') {
      const { left, top, width: wide, height: high } = action.crop;
      shown = await pixelsOf(
        image.extract({ left: left * width, top: top * height, width: wide * width, height: high * height }),
      );
    }
  }
  return shown;
}

async function pixelsOf(image: Sharp): Promise<Picture> {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels as Picture['channels'] };
}

describe('Any sequence of edits', () => {
  // Two crops at most, for pixels have no eighths.
  const sequences = fc
    .array(fc.oneof(turns, crops), { maxLength: 12 })
    .filter((actions) => actions.filter(({ kind }) => kind === 'crop').length <= 2);

  // libvips gives a grey picture three channels when it turns it.
  const inColour = pictures.filter(({ channels }) => channels > 1);

  test('gives the picture that sharp gives, one action after the other', async () => {
    await fc.assert(
      fc.asyncProperty(inColour, sequences, async (picture, actions) => {
        const steps = fold(actions);
        expect(fingerprint(applyEdits(picture, steps))).toBe(fingerprint(await oneByOne(picture, actions)));
      }),
      { numRuns: 200 },
    );
  });

  test('with straightening and adjustments is valid, survives JSON, and has the size that it tells', () => {
    const any = fc.array(fc.oneof(turns, crops, straightenings, adjustments), { maxLength: 20 });
    fc.assert(
      fc.property(pictures, any, (picture, actions) => {
        const steps = fold(actions);
        const stored = EditSteps.parse(JSON.parse(JSON.stringify(steps)));
        const edited = applyEdits(picture, stored);
        expect(fingerprint(edited)).toBe(fingerprint(applyEdits(picture, steps)));
        expect({ width: edited.width, height: edited.height }).toEqual(editedSize(picture, steps));
      }),
      { numRuns: 200 },
    );
  });

  test('ends with the original after a reset, and none changes the original', () => {
    const any = fc.array(fc.oneof(turns, crops, straightenings, adjustments), { maxLength: 20 });
    fc.assert(
      fc.property(pictures, any, (picture, actions) => {
        const before = fingerprint(picture);
        applyEdits(picture, fold(actions));
        const steps = fold([...actions, { kind: 'reset' }]);
        expect(isOriginal(steps)).toBe(true);
        expect(fingerprint(applyEdits(picture, steps))).toBe(before);
      }),
      { numRuns: 100 },
    );
  });

  test('is the same for a picture with an opaque alpha channel, as a canvas has it, and without', () => {
    const any = fc.array(fc.oneof(turns, crops, straightenings, adjustments), { maxLength: 12 });
    fc.assert(
      fc.property(
        pictures.filter(({ channels }) => channels === 3),
        any,
        (picture, actions) => {
          const steps = fold(actions);
          const opaque = applyEdits(withAlpha(picture), steps);
          expect(fingerprint(opaque)).toBe(fingerprint(withAlpha(applyEdits(picture, steps))));
        },
      ),
      { numRuns: 100 },
    );
  });
});

test('A turn and its opposite, and two mirrors, show the original again', () => {
  const pairs: EditAction['kind'][][] = [
    ['rotateRight', 'rotateLeft'],
    ['flip', 'flip'],
    Array(4).fill('rotateLeft'),
  ];
  for (const kinds of pairs)
    expect(isOriginal(fold(kinds.map((kind) => ({ kind }) as EditAction))), kinds.join()).toBe(true);
});

test('Turns, mirrors and crops are those of the straightened picture as a whole', async () => {
  const later = fc
    .array(fc.oneof(turns, crops), { maxLength: 8 })
    .filter((actions) => actions.filter(({ kind }) => kind === 'crop').length <= 2)
    .filter((actions) => actions.every(({ kind }) => kind !== 'reset'));
  const inColour = pictures.filter(({ channels }) => channels > 1);
  await fc.assert(
    fc.asyncProperty(
      inColour,
      fc.integer({ min: -45, max: 45 }),
      later,
      async (picture, degrees, actions) => {
        const straight = applyEdits(picture, { ...NO_EDITS, straightenDegrees: degrees });
        const after = applyEdits(picture, fold([{ kind: 'straighten', degrees }, ...actions]));
        // Where a value lies just between two, the sum of the same parts in another order may round to the other one.
        expect(mostDifference(after, await oneByOne(straight, actions))).toBeLessThanOrEqual(1);
      },
    ),
    { numRuns: 100 },
  );
});

test('Brightness and contrast are those of the picture that all other steps leave, wherever they are in the sequence', () => {
  const others = fc.array(fc.oneof(turns, crops, straightenings), { maxLength: 10 });
  fc.assert(
    fc.property(pictures, others, others, adjustments, (picture, before, after, adjustment) => {
      const isReset = after.some(({ kind }) => kind === 'reset');
      const left = applyEdits(picture, fold([...before, ...after]));
      const adjusted = applyEdits(left, isReset ? NO_EDITS : fold([adjustment]));
      const edited = applyEdits(picture, fold([...before, adjustment, ...after]));
      expect(fingerprint(edited)).toBe(fingerprint(adjusted));
    }),
    { numRuns: 100 },
  );
});

test('The service draws the picture that the page draws, for any sequence of all steps, and a reset draws the original', async () => {
  const any = fc.array(fc.oneof(turns, crops, straightenings, adjustments), { maxLength: 12 });
  const inColour = pictures.filter(({ channels }) => channels === 3);
  await fc.assert(
    fc.asyncProperty(inColour, any, async (picture, actions) => {
      const { data, width, height, channels } = picture;
      const file = await sharp(data, { raw: { width, height, channels } }).png().toBuffer();
      const drawnByService = async (steps: EditSteps | null) => {
        const edit = { version: 1, steps: steps && JSON.parse(JSON.stringify(steps)) };
        const image = { mimeType: 'image/png', width, height, edit } as ReadyImage;
        return pixelsOf(sharp(await drawCopy(file, copyOf(image, { format: 'png', edit: 1 }))));
      };
      const steps = fold(actions);
      // A canvas has an alpha channel.
      const drawnByPage = applyEdits(withAlpha(picture), steps);
      expect(fingerprint(withAlpha(await drawnByService(steps)))).toBe(fingerprint(drawnByPage));
      expect(fingerprint(await drawnByService(null))).toBe(fingerprint(picture));
    }),
    { numRuns: 60 },
  );
});

test('More brightness and contrast are lighter and further apart, and the middle grey stays', () => {
  const grey: Picture = { data: Uint8Array.from([0, 64, 128, 192, 255]), width: 5, height: 1, channels: 1 };
  const values = (steps: Partial<EditSteps>) => [...applyEdits(grey, { ...NO_EDITS, ...steps }).data];
  expect(values({ brightness: 50 })).toEqual([64, 128, 192, 255, 255]);
  expect(values({ contrast: 30 })).toEqual([0, 10, 128, 246, 255]);
  expect(values({ contrast: -100 })).toEqual([127, 128, 128, 128, 129]);
});

function withAlpha({ data, width, height }: Picture): Picture {
  const drawn = new Uint8Array(width * height * 4).fill(255);
  for (let pixel = 0; pixel < width * height; pixel++)
    for (let i = 0; i < 3; i++) drawn[pixel * 4 + i] = data[pixel * 3 + i] ?? 0;
  return { data: drawn, width, height, channels: 4 };
}

const mostDifference = (one: Picture, other: Picture): number => {
  expect([one.width, one.height]).toEqual([other.width, other.height]);
  return one.data.reduce((most, value, at) => Math.max(most, Math.abs(value - (other.data[at] ?? 0))), 0);
};
