import * as z from 'zod';
/** What a path names: a study, a series of it, or an instance of that. */
export interface DicomPath {
  study: string;
  series?: string | undefined;
  instance?: string | undefined;
}

/** The path of a study, series or instance. */
export const dicomWebPath = ({ study, series, instance }: DicomPath): string =>
  [`/dicom-web/studies/${study}`, series && `/series/${series}`, instance && `/instances/${instance}`]
    .filter(Boolean)
    .join('');

/** The media type of DICOM JSON (PS3.18 8.7.3.2). */
export const DICOM_JSON = 'application/dicom+json';

/** What a link says that it takes, where it can set no header (PS3.18 8.3.3.1). */
export const Accept = {
  accept: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .describe('Media types, as in the header `Accept`, before which it counts.'),
};

/** The parameters of a search (PS3.18 8.3.4); all others are attributes to be matched, by keyword or by tag. */
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

/** Where a value is: `7FE00010`, or with the number of an item of a sequence, `00880200.1.7FE00010`. */
export const BulkDataPath = z
  .string()
  .regex(/^[0-9A-F]{8}(\.[1-9]\d{0,8}\.[0-9A-F]{8}){0,64}$/, { error: 'must be as a BulkDataURI has it' })
  .meta({ examples: ['7FE00010'] });

/** How a picture is to come out (PS3.18 8.3.5.1). */
export const RenderedQuery = {
  ...Accept,
  viewport: z
    .string()
    .regex(/^([1-9]\d{0,3})?(,([1-9]\d{0,3})?)?$/, { error: 'must be a width and a height, as 512,512' })
    .transform((text) => {
      const [columns, rows] = text.split(',').map((side) => Number(side) || undefined);
      return { columns, rows };
    })
    .optional()
    .describe('The width and the height that the picture has to fit into, as `512,512`.'),
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
const SHAPES = { linear: 'LINEAR', 'linear-exact': 'LINEAR_EXACT', sigmoid: 'SIGMOID' } as const;

/** The one frame that a picture is of. */
export const OneFrame = z.coerce
  .number({ error: 'must be one number from 1 on' })
  .int()
  .min(1)
  .meta({ examples: [1] });
