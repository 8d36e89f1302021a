import * as z from 'zod';

/** The id of everything that this service makes: a UUID (RFC 9562), version 7 so that ids sort by creation. */
export const Id = z.uuid().toLowerCase();

/**
 * A patient or case number as the clinic writes it, such as `P-1001`.
 *
 * It becomes a segment of S3 keys and DynamoDB keys, hence letters, digits and `. _ -` only, and no leading dot.
 */
const ClinicNumber = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, {
  error: 'must be 1 to 64 letters, digits, dots, dashes or underscores, and begin with a letter or digit',
});
export const PatientId = ClinicNumber;
export const CaseId = ClinicNumber;

/** What a person writes: any text that can be stored and sent, which half a surrogate pair can not. */
export const Text = z
  .string()
  .refine((text) => text.isWellFormed(), { error: 'must be well-formed Unicode' });

/** A moment: ISO 8601 with a time zone; answers are always in UTC. */
export const Timestamp = z.iso.datetime({ offset: true });

/** S3's form of a CRC-32: four bytes, big-endian, base64 (S3 API, `x-amz-checksum-crc32`). */
export const Crc32 = z.string().regex(/^[A-Za-z0-9+/]{6}==$/, { error: 'must be 4 bytes in base64' });
