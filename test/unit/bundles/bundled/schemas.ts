import * as z from 'zod';

/** Kinds of schemas that the service has, with their methods. */
const Kinds = {
  text: z
    .string()
    .trim()
    .min(2)
    .max(5)
    .regex(/^[a-z]+$/, 'must be letters')
    .meta({ examples: ['ab'] }),
  changed: z
    .string()
    .toLowerCase()
    .overwrite((text) => `${text}!`),
  number: z.int().min(1).max(9).describe('A digit.'),
  coerced: z.coerce.number().gt(0).lt(2),
  choice: z.enum(['a', 'b']).exclude(['b']),
  literal: z.literal('yes').optional(),
  flag: z.boolean().default(false),
  nothing: z.null().nullable(),
  id: z
    .uuid()
    .meta({ examples: ['x'] })
    .toLowerCase(),
  day: z.iso.date(),
  time: z.iso.datetime({ offset: true }),
  link: z.url(),
  list: z.array(z.string()).min(1).max(2).readonly(),
  record: z.partialRecord(z.enum(['x', 'y']), z.int()),
  strict: z
    .strictObject({ a: z.string(), b: z.int().optional() })
    .partial()
    .refine(({ a }) => a !== 'no', 'not no'),
  extended: z.object({ a: z.string() }).extend({ b: z.string() }).omit({ a: true }).pick({ b: true }),
  either: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('p'), p: z.string() }),
    z.object({ kind: z.literal('q'), q: z.int() }),
  ]),
  union: z.union([z.string(), z.int()]),
  piped: z.string().transform(Number).pipe(z.int()),
  caught: z.string().catch('else'),
  checked: z.int().superRefine((value, { addIssue }) => {
    if (value > 5) addIssue('too much');
  }),
  custom: z.custom<string>((value) => value === 'own'),
  prepared: z.preprocess((value) => (value === 'none' ? undefined : value), z.string().optional()),
  set: z.set(z.string()).min(1),
  tuple: z.tuple([z.number(), z.number().max(1)]),
  loose: z.looseObject({ a: z.string() }),
  format: z.stringFormat('letters', /^[a-z]+$/),
  undefined: z.undefined(),
  moment: z.coerce.date(),
  anything: z.unknown(),
  byName: z.record(z.string(), z.int()),
};

const values = [
  undefined,
  null,
  true,
  false,
  0,
  1,
  5,
  9,
  10,
  1.5,
  '',
  'a',
  'ab',
  'AB',
  ' abc ',
  'abcdef',
  'yes',
  'own',
  'none',
  '7',
  '0198c6a2-7f51-7d2e-8a35-5b1f0c4f9e01',
  '2025-11-06',
  '2025-02-30',
  '2025-11-06T10:00:00+02:00',
  'https://example.org/a',
  'no url',
  [],
  ['a'],
  ['a', 'b', 'c'],
  [1],
  [1, 1],
  [1, 2],
  new Set(),
  new Set(['a']),
  {},
  { x: 1 },
  { z: 1 },
  { x: 'a' },
  { a: 'no' },
  { a: 'a', b: 1 },
  { a: 1, c: 2 },
  { b: 'b' },
  { kind: 'p', p: '' },
  { kind: 'q', q: 'q' },
  { kind: 'r' },
];

const results = Object.entries(Kinds).flatMap(([kind, schema]) =>
  values.map((value) => ({ kind, value, ...schema.safeParse(value) })),
);
const taken = results.flatMap(({ kind, value, success, data }) => (success ? [{ kind, value, data }] : []));
const refused = results.flatMap(({ kind, value, error }) =>
  error ? [{ kind, value, issues: error.issues }] : [],
);
process.stdout.write(JSON.stringify({ taken, refused }));
