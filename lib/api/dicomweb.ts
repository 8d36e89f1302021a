import * as z from 'zod';
import type { DicomPath } from '../domain/dicom/uids.ts';

/** The path of a study, series or instance. */
export const dicomWebPath = ({ study, series, instance }: DicomPath): string =>
  [`/dicom-web/studies/${study}`, series && `/series/${series}`, instance && `/instances/${instance}`]
    .filter(Boolean)
    .join('');

/** The media type of DICOM JSON (PS3.18 8.7.3.2). */
export const DICOM_JSON = 'application/dicom+json';

/** The `accept` query parameter, for links, which can't set a header (PS3.18 8.3.3.1). */
export const Accept = {
  accept: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .describe('Media types, as in the header `Accept`, before which it counts.'),
};

/** The parameters of a search (PS3.18 8.3.4). All others are attributes to match, by keyword or by tag. */
export const SearchQuery = z
  .object({
    ...Accept,
    limit: z.coerce.number().int().min(1).optional().describe('How many at most.'),
    offset: z.coerce.number().int().min(0).default(0).describe('How many to pass over.'),
    fuzzymatching: z
      .enum(['true', 'false'])
      .default('false')
      .describe('Whether words of a name match whose beginnings they are.'),
    includefield: z
      .union([z.string(), z.array(z.string())])
      .optional()
      .describe('Attributes to add to the answer, by keyword or by tag; `all` for what there is.'),
  })
  .catchall(z.union([z.string(), z.array(z.string())]));
export type SearchQuery = z.infer<typeof SearchQuery>;

/** `1,2,3`: frames, counted from 1 (PS3.18 10.1.1.2). */
export const FrameList = z
  .string()
  .regex(/^[1-9]\d{0,8}(,[1-9]\d{0,8}){0,999}$/, {
    error: 'must be numbers from 1 on with commas between them',
  })
  .meta({ examples: ['1'] })
  .transform((text) => text.split(',').map(Number));

/** The location of a value: `7FE00010`, or with the item numbers of sequences, `00880200.1.7FE00010`. */
export const BulkDataPath = z
  .string()
  .regex(/^[0-9A-F]{8}(\.[1-9]\d{0,8}\.[0-9A-F]{8}){0,64}$/, { error: 'must be as a BulkDataURI has it' })
  .meta({ examples: ['7FE00010'] });

const SIDE = '([1-9]\\d{0,3})?';
const DECIMAL = '(-?\\d{1,6}(\\.\\d{1,6})?)?';

/** `vw,vh,sx,sy,sw,sh`; the last ones may be missing (PS3.18 8.3.5.1.3). */
const VIEWPORT = new RegExp(`^${SIDE}(,${SIDE}(,${DECIMAL}(,${DECIMAL}(,${DECIMAL}(,${DECIMAL})?)?)?)?)?$`);

function readViewport(text: string) {
  const numbers = text.split(',').map((number) => (number === '' ? undefined : Number(number)));
  const [columns, rows, x, y, width, height] = numbers;
  // Absolute values are positions and sizes. A negative size flips the region.
  const size = (number: number | undefined) => (number === undefined ? undefined : Math.abs(number));
  return {
    columns,
    rows,
    region: { x: size(x), y: size(y), width: size(width), height: size(height) },
    flipsHorizontally: (width ?? 0) < 0,
    flipsVertically: (height ?? 0) < 0,
  };
}

/** The query parameters of rendered resources (PS3.18 8.3.5.1). */
export const RenderedQuery = {
  ...Accept,
  viewport: z
    .string()
    .regex(VIEWPORT, {
      error:
        'must be a width and a height, and perhaps the part that is shown, as 512,512 or 512,512,0,0,256,256',
    })
    .transform(readViewport)
    .refine(({ region }) => region.width !== 0 && region.height !== 0, {
      error: 'must show a part with a size',
    })
    .optional()
    .describe(
      'The width and the height that the picture has to fit into, as `512,512`, and perhaps the part of the frame that is shown, as `512,512,x,y,width,height`, which a negative size turns over.',
    ),
  window: z
    .string()
    .regex(/^-?\d+(\.\d+)?,\d+(\.\d+)?(,(linear|linear-exact|sigmoid))?$/i, {
      error: 'must be a centre, a width and perhaps a function, as 40,400,linear',
    })
    .transform((text) => {
      const [center = '', width = '', shape = 'linear'] = text.split(',');
      return {
        center: Number(center),
        width: Number(width),
        shape: SHAPES[shape.toLowerCase() as keyof typeof SHAPES],
      };
    })
    .refine(({ width, shape }) => (shape === 'LINEAR' ? width >= 1 : width > 0), {
      error: 'must be at least 1 wide, or above 0 where its function is another than linear',
    })
    .optional()
    .describe('The window of a picture in greys: `center,width,function`.'),
  quality: z.coerce.number().int().min(1).max(100).default(90).describe('Of JPEG.'),
};

/** The size of a thumbnail. A thumbnail always shows the whole frame (PS3.18 8.3.5.1.3). */
export const ThumbnailViewport = z
  .string()
  .regex(new RegExp(`^${SIDE}(,${SIDE})?$`), { error: 'must be a width and a height, as 512,512' })
  .transform(readViewport)
  .optional()
  .describe('The width and the height that the picture has to fit into, as `512,512`.');

const SHAPES = { linear: 'LINEAR', 'linear-exact': 'LINEAR_EXACT', sigmoid: 'SIGMOID' } as const;

/** The number of the frame to render. */
export const OneFrame = z.coerce
  .number({ error: 'must be one number from 1 on' })
  .int()
  .min(1)
  .meta({ examples: [1] });
