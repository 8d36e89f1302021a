import type { EditSteps } from './image-edit.ts';

// Computed by the service and by the page alike, pixel by pixel: so it needs no package, and what two engines might round
// differently is rounded here.

/** A decoded picture: 8 bits for each sample, rows from top to bottom without gaps. With 2 or 4 channels, the last one is alpha. */
export interface Picture {
  data: Uint8Array;
  width: number;
  height: number;
  channels: 1 | 2 | 3 | 4;
}

/** Returns the picture with its edits. The given one stays as it is. */
export function applyEdits(picture: Picture, steps: EditSteps): Picture {
  const turned = turn(picture, steps);
  const straight = straighten(turned, steps.straightenDegrees);
  return adjust(cut(straight, steps.crop), steps);
}

/** The size of a picture after its edits. */
export function editedSize(
  size: Pick<Picture, 'width' | 'height'>,
  steps: EditSteps,
): { width: number; height: number } {
  const { left, top, right, bottom } = cropIn(turnedSize(size, steps), steps.crop);
  return { width: right - left, height: bottom - top };
}

/** The size of a picture after its quarter turns. */
export const turnedSize = (
  { width, height }: Pick<Picture, 'width' | 'height'>,
  { quarterTurns }: Pick<EditSteps, 'quarterTurns'>,
) => (quarterTurns % 2 === 0 ? { width, height } : { width: height, height: width });

/** Mirrored left to right, then turned clockwise. */
function turn(picture: Picture, steps: EditSteps): Picture {
  const { isFlipped, quarterTurns } = steps;
  const { width } = picture;
  const size = turnedSize(picture, steps);
  return redraw(picture, size, (x, y) => {
    const [turnedX, turnedY] = unturned(x, y, picture, quarterTurns);
    return turnedY * width + (isFlipped ? width - 1 - turnedX : turnedX);
  });
}

/** Where a pixel of the turned picture was before. */
function unturned(x: number, y: number, { width, height }: Picture, quarterTurns: number): [number, number] {
  switch (quarterTurns) {
    case 1:
      return [y, height - 1 - x];
    case 2:
      return [width - 1 - x, height - 1 - y];
    case 3:
      return [width - 1 - y, x];
    default:
      return [x, y];
  }
}

/** A picture of another size, each of whose pixels is one of the given picture. */
function redraw(
  { data, channels }: Picture,
  { width, height }: { width: number; height: number },
  sourceOf: (x: number, y: number) => number,
): Picture {
  const drawn = new Uint8Array(width * height * channels);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += channels) {
      const from = sourceOf(x, y) * channels;
      for (let i = 0; i < channels; i++) drawn[to + i] = data[from + i] ?? 0;
    }
  }
  return { data: drawn, width, height, channels };
}

/** Engines may differ in the last bit of a sine. */
const rounded = (value: number): number => Math.round(value * 2 ** 24) / 2 ** 24;

/** A rotation, and how much it enlarges a picture. */
export function enlargement({ width, height }: Pick<Picture, 'width' | 'height'>, degrees: number) {
  const angle = (degrees * Math.PI) / 180;
  const [sine, cosine] = [rounded(Math.sin(angle)), rounded(Math.cos(angle))];
  return { sine, cosine, scale: cosine + Math.abs(sine) * Math.max(width / height, height / width) };
}

/** Rotates about the middle, and enlarges so much that no corner is empty. Between pixels, it interpolates. */
function straighten(picture: Picture, degrees: number): Picture {
  if (degrees === 0) return picture;
  const { data, width, height, channels } = picture;
  const { sine, cosine, scale } = enlargement(picture, degrees);
  const drawn = new Uint8Array(data.length);
  const sample = (x: number, y: number, channel: number) => data[(y * width + x) * channels + channel] ?? 0;
  for (let y = 0, to = 0; y < height; y++) {
    const fromMiddleY = (y + 0.5 - height / 2) / scale;
    for (let x = 0; x < width; x++, to += channels) {
      const fromMiddleX = (x + 0.5 - width / 2) / scale;
      const sourceX = clamp(cosine * fromMiddleX + sine * fromMiddleY + width / 2 - 0.5, width - 1);
      const sourceY = clamp(cosine * fromMiddleY - sine * fromMiddleX + height / 2 - 0.5, height - 1);
      const [left, top] = [Math.floor(sourceX), Math.floor(sourceY)];
      const [right, bottom] = [Math.min(left + 1, width - 1), Math.min(top + 1, height - 1)];
      const [rightPart, bottomPart] = [sourceX - left, sourceY - top];
      for (let i = 0; i < channels; i++) {
        const upper = sample(left, top, i) * (1 - rightPart) + sample(right, top, i) * rightPart;
        const lower = sample(left, bottom, i) * (1 - rightPart) + sample(right, bottom, i) * rightPart;
        drawn[to + i] = Math.round(upper * (1 - bottomPart) + lower * bottomPart);
      }
    }
  }
  return { data: drawn, width, height, channels };
}

const clamp = (value: number, most: number): number => Math.min(Math.max(value, 0), most);

/** The kept part in pixels: at least one. */
export function cropIn(
  { width, height }: { width: number; height: number },
  crop: EditSteps['crop'],
): { left: number; top: number; right: number; bottom: number } {
  if (!crop) return { left: 0, top: 0, right: width, bottom: height };
  const left = Math.min(Math.round(crop.left * width), width - 1);
  const top = Math.min(Math.round(crop.top * height), height - 1);
  return {
    left,
    top,
    right: Math.min(Math.max(Math.round((crop.left + crop.width) * width), left + 1), width),
    bottom: Math.min(Math.max(Math.round((crop.top + crop.height) * height), top + 1), height),
  };
}

function cut(picture: Picture, crop: EditSteps['crop']): Picture {
  if (!crop) return picture;
  const { left, top, right, bottom } = cropIn(picture, crop);
  const size = { width: right - left, height: bottom - top };
  return redraw(picture, size, (x, y) => (top + y) * picture.width + left + x);
}

/** Changes each colour sample by itself; alpha stays. */
function adjust(picture: Picture, { brightness, contrast }: EditSteps): Picture {
  if (brightness === 0 && contrast === 0) return picture;
  const { data, channels } = picture;
  const table = adjustmentOf(brightness, contrast);
  const colours = channels === 2 || channels === 4 ? channels - 1 : channels;
  // A loop, because `Uint8Array.from` takes ten times as long for the 36 million samples of a photograph.
  const adjusted = data.slice();
  for (let pixel = 0; pixel < data.length; pixel += channels)
    for (let i = pixel; i < pixel + colours; i++) adjusted[i] = table[data[i] ?? 0] ?? 0;
  return { ...picture, data: adjusted };
}

/** Contrast turns the line of the values about the middle grey; brightness moves it, by half of the range at most. */
const adjustmentOf = (brightness: number, contrast: number): Uint8Array => {
  const slope = (101 + contrast) / (101 - contrast);
  return Uint8Array.from({ length: 256 }, (_value, value) =>
    Math.round(clamp((value - 128) * slope + 128 + brightness * 1.28, 255)),
  );
};
