import * as z from 'zod';
import { Source } from '../../domain/access/source.ts';
import type { Batch } from '../../domain/batches/batch.ts';
import { EXAMPLE_ID, PatientId, Timestamp } from '../../domain/identifiers.ts';
import type { UploadGroup } from '../../domain/images/upload-groups.ts';
import { type Patient, PatientDetails, PatientName } from '../../domain/patients/patient.ts';

const Images = z.int().meta({ examples: [12] });

/** What one person uploaded into one batch or case on one day. */
export const ListedUpload = z.strictObject({
  kind: z.enum(['batch', 'case', 'record']),
  id: z
    .string()
    .describe('Of the batch, or the number of the case; otherwise of the image.')
    .meta({ examples: [EXAMPLE_ID] }),
  name: z
    .string()
    .nullable()
    .describe('Of the batch.')
    .meta({ examples: ['6 Nov 2025'] }),
  patientId: PatientId.nullable(),
  patientName: z.strictObject(PatientName.shape).nullable(),
  birthDate: PatientDetails.shape.birthDate,
  images: Images,
  pending: Images.describe('Those whose bytes have not arrived, or are being checked.'),
  refused: Images.describe('Those that were refused, could not be checked, or never arrived.'),
  lastAt: Timestamp,
  isMine: z
    .boolean()
    .describe('Whether the caller uploaded them.')
    .meta({ examples: [true] }),
  source: Source,
});

/** Converts uploads to their format in the list of a day. Those of a batch that was deleted have no name. */
export const toListedUpload = (
  { patientId = undefined, uploadedBy, ...group }: UploadGroup,
  { caller, batches, patients }: Known,
): z.infer<typeof ListedUpload> => {
  const patient = patientId === undefined ? undefined : patients.get(patientId);
  return {
    ...group,
    name: batches.get(group.id)?.name ?? null,
    patientId: patientId ?? null,
    patientName: patient?.name ?? null,
    birthDate: patient?.birthDate ?? null,
    isMine: uploadedBy === caller,
  };
};

interface Known {
  /** The subject of the caller. */
  caller: string;
  batches: ReadonlyMap<string, Batch>;
  patients: ReadonlyMap<string, Patient>;
}
