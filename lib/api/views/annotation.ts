import * as z from 'zod';
import { Annotation as Stored } from '../../domain/annotations/annotation.ts';
import { StoredShape } from '../../domain/annotations/shape.ts';
import { StudyUid } from '../../domain/dicom/uids.ts';
import { Id, Subject, Timestamp } from '../../domain/identifiers.ts';

/** Who wrote it, by the name in the token at that time. */
const Writer = z.strictObject({
  subject: Subject,
  name: z
    .string()
    .nullable()
    .meta({ examples: ['Dr. Keller'] }),
});

/** An annotation, or a note if it has no shape. */
export const Annotation = z.strictObject({
  id: Id,
  image: Id.optional().describe('One of image, batch and study.'),
  batch: Id.optional(),
  study: StudyUid.optional(),
  page: Stored.shape.page.describe('Of an image.'),
  series: Stored.shape.series.describe('With `instance` and `frame`, if it is not on the study as a whole.'),
  instance: Stored.shape.instance,
  frame: Stored.shape.frame,
  version: z.int().meta({ examples: [1] }),
  shape: z.strictObject(StoredShape.shape).nullable(),
  text: z.string().meta({ examples: ['Ulcer, medial edge'] }),
  link: z
    .string()
    .nullable()
    .meta({ examples: ['https://records.clinic.example/visits/4711'] }),
  removed: z.literal(true).optional().describe('The version that removed it.'),
  author: Writer,
  created_at: Timestamp,
  changed_by: Writer,
  changed_at: Timestamp,
});

const writerOf = ({ subject, name }: Stored['author']) => ({ subject, name: name ?? null });

export const toAnnotation = (annotation: Stored): z.infer<typeof Annotation> => ({
  id: annotation.id,
  [annotation.place]: annotation.of,
  page: annotation.page,
  series: annotation.series,
  instance: annotation.instance,
  frame: annotation.frame,
  version: annotation.version,
  shape: annotation.shape,
  text: annotation.text,
  link: annotation.link ?? null,
  removed: annotation.isRemoved,
  author: writerOf(annotation.author),
  created_at: annotation.createdAt,
  changed_by: writerOf(annotation.changedBy),
  changed_at: annotation.changedAt,
});
