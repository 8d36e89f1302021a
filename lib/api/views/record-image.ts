import * as z from 'zod';
import { markOf, PatientMark } from '../../domain/access/source.ts';
import { EXAMPLE_ID, Id, PatientId, RecordId, Timestamp } from '../../domain/identifiers.ts';
import {
  Bytes,
  Dpi,
  FileName,
  Height,
  type Image,
  MimeType,
  Pages,
  Width,
} from '../../domain/images/image.ts';
import { capturedAtOf } from '../../domain/images/local-time.ts';

/** The record types whose images can be listed. */
export const ListedRecordType = z
  .enum(['pos_event', 'prescription', 'patient', 'delivery'])
  .meta({ examples: ['prescription'] });

/** The fields of a new image that link it to records, in the style of the Records endpoints. */
export const RecordLinks = {
  patient_id: PatientId.optional().describe("A patient's is always their own."),
  user_id: RecordId.optional(),
  item_id: RecordId.optional(),
  pos_event_id: RecordId.optional(),
  compound_batch_id: RecordId.optional(),
  delivery_id: RecordId.optional(),
  prescription_id: RecordId.optional(),
};

type LinkFields = { [Field in keyof typeof RecordLinks]?: string | undefined };

/** The patient and the other records to which a new image is linked. */
export function linksOf({
  patient_id: patientId,
  ...others
}: LinkFields): Pick<Image, 'patientId' | 'links'> {
  const links: Image['links'] = {
    user: others.user_id,
    item: others.item_id,
    pos_event: others.pos_event_id,
    compound_batch: others.compound_batch_id,
    delivery: others.delivery_id,
    prescription: others.prescription_id,
  };
  const given = Object.entries(links).filter(([, recordId]) => recordId !== undefined);
  return { patientId, links: Object.fromEntries(given) };
}

/** An image in the field style of the Records endpoints. */
export const RecordImage = z.strictObject({
  id: Id,
  name: FileName,
  url: z
    .url()
    .describe('Good for 24 hours, for whoever has it.')
    .meta({
      examples: [
        `https://images.clinic.example/api/v2/links/${EXAMPLE_ID}.1798761600.q1bZ0sU5mKx2v7PpWcY3dA`,
      ],
    }),
  content_type: MimeType,
  size: Bytes.describe('Bytes.'),
  created_at: Timestamp.describe(
    'When the picture was taken, by the clock of the camera and with its offset (`Z` where that is unknown); else uploaded.',
  ),
  metadata: z
    .strictObject({
      width: Width.nullable(),
      height: Height.nullable(),
      dpi: Dpi.nullable(),
      pages: Pages.optional(),
    })
    .describe('Pixels; null while the bytes are still to come, or where the file does not say.'),
  source: PatientMark,
});

/** Converts an image to the format of the Records endpoints. */
export const toRecordImage = (image: Image, url: string): z.infer<typeof RecordImage> => ({
  id: image.id,
  name: image.fileName,
  url,
  content_type: image.mimeType,
  size: image.fileSize,
  created_at: capturedAtOf(image) ?? image.uploadedAt,
  metadata: {
    width: image.width ?? null,
    height: image.height ?? null,
    dpi: image.dpi ?? null,
    ...(image.pages && { pages: image.pages }),
  },
  ...markOf(image.source),
});
