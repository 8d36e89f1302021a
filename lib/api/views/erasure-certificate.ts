import * as z from 'zod';
import { Id, PatientId, Subject, Timestamp } from '../../domain/identifiers.ts';
import { Erasure } from '../../domain/patients/erasure.ts';

/** The certificate of the erasure of a patient. */
export const ErasureCertificate = z.strictObject({
  id: Id,
  patient_id: PatientId,
  status: Erasure.shape.status.meta({ examples: ['done'] }),
  ordered_by: Subject,
  ordered_at: Timestamp,
  reason: Erasure.shape.reason.meta({ examples: ['Asked for by the patient'] }),
  erased: z
    .strictObject({
      directory_entry: z.boolean(),
      batches: z.int(),
      cases: z.int(),
      images: z.int(),
      studies: z.int(),
      instances: z.int(),
      bytes: z.int(),
    })
    .describe('What there was when it was ordered, with what had been deleted and could be restored.')
    .meta({
      examples: [
        {
          directory_entry: true,
          batches: 2,
          cases: 1,
          images: 14,
          studies: 1,
          instances: 180,
          bytes: 96_000_000,
        },
      ],
    }),
  sha256: z
    .string()
    .describe(
      'SHA-256 of a sorted line for each file: of an image its CRC-32 in hexadecimal and its size, of a DICOM file its SHA-256.',
    )
    .meta({ examples: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'] }),
  ended_at: Timestamp.nullable().describe('When it was `done` or, because of a legal hold, `stopped`.'),
});

/** Converts an erasure to its format in responses. */
export const toErasureCertificate = ({
  id,
  patientId,
  status,
  by,
  at,
  reason,
  contents: { directoryEntry, ...counts },
  sha256,
  endedAt,
}: Erasure): z.infer<typeof ErasureCertificate> => ({
  id,
  patient_id: patientId,
  status,
  ordered_by: by,
  ordered_at: at,
  reason,
  erased: { directory_entry: directoryEntry, ...counts },
  sha256,
  ended_at: endedAt ?? null,
});
