import * as z from 'zod';
import { SeriesUid, SopUid } from '../dicom/uids.ts';
import { Id, Subject, Text, Timestamp } from '../identifiers.ts';
import { Shape, StoredShape } from './shape.ts';

/** Most annotations of an image, of a DICOM instance, of a batch, and of a study as a whole; removed ones do not count. */
export const MOST_ANNOTATIONS = 200;

/** What is written beside a shape, or what a note says. As long as a caption. */
const Words = Text.max(2000).meta({ examples: ['Ulcer, medial edge'] });

/** The address of the clinic's own record of the same matter. Only HTTPS, so that no link runs a script. */
const Link = z
  .url({ protocol: /^https$/, error: 'must be an https URL' })
  .max(2048)
  .meta({ examples: ['https://records.clinic.example/visits/4711'] });

/** A person as the token named them at that time. */
const Person = z.object({ subject: Subject, name: z.string().optional() });
export type Person = z.infer<typeof Person>;

/** What can be annotated. A study is annotated as a whole, or at a frame of one of its instances. */
export const Place = z.enum(['image', 'batch', 'study']);
export type Place = z.infer<typeof Place>;

/** The page of a document, or the frame of a DICOM instance, from 1. */
const Counted = z
  .int()
  .min(1)
  .meta({ examples: [1] });

/** The number of a version, from 1. */
export const Version = z.int().min(1);

/**
 * One version of an annotation of an image or of a DICOM instance, or of a note. A note is an annotation without a shape: both have an
 * author, versions and the same access, so that they are one thing.
 *
 * A version is never changed. Each annotation is an item of its own, so that two people who annotate an image at once lose nothing.
 */
export const Annotation = z.object({
  id: Id,
  place: Place,
  /** The id of the image or batch, or the UID of the study. */
  of: z.string(),
  /** The page of the image. */
  page: Counted.optional(),
  /** The instance of the study, and its frame. */
  series: SeriesUid.optional(),
  instance: SopUid.optional(),
  frame: Counted.optional(),
  version: Version,
  /** Null: a note. */
  shape: StoredShape.nullable(),
  text: z.string(),
  link: z.string().optional(),
  /** The version that removes it. */
  isRemoved: z.literal(true).optional(),
  author: Person,
  createdAt: Timestamp,
  /** Who made this version, and when. */
  changedBy: Person,
  changedAt: Timestamp,
});
export type Annotation = z.infer<typeof Annotation>;

/** How many annotations an image, batch, study or instance has: see `MOST_ANNOTATIONS`. */
export const AnnotationCount = z.object({
  /** The instance of a study. */
  instance: SopUid.optional(),
  count: z.int(),
});

/** What a person writes of an annotation. A change replaces all of it. */
export const Content = {
  shape: Shape.nullable().default(null).describe('Null: a note.'),
  text: Words.default(''),
  link: Link.nullable().default(null).describe('The clinic’s own record.'),
};
const WrittenContent = z.object(Content);
export type WrittenContent = z.infer<typeof WrittenContent>;

/** Where a person annotates. */
export const Position = {
  page: Counted.optional().describe('Of a document; only for images. The first one by default.'),
  series: SeriesUid.optional().describe(
    'Only for studies, with `instance`; without both, the note is on the study.',
  ),
  instance: SopUid.optional(),
  frame: Counted.optional().describe('Only with `instance`. The first one by default.'),
};
const WrittenPosition = z.object(Position);
export type WrittenPosition = z.infer<typeof WrittenPosition>;
