import * as z from 'zod';
import { normalizePatientId } from './patients/normalize-patient-id.ts';

/** The id used in examples of the API document. */
export const EXAMPLE_ID = '0198c6a2-7f51-7d2e-8a35-5b1f0c4f9e01';

/** The id of a resource created by this service: a UUID (RFC 9562), version 7, so that ids sort by creation time. */
export const Id = z
  .uuid()
  .toLowerCase()
  .meta({ examples: [EXAMPLE_ID] });

/**
 * A number of a patient, a case or another record as the clinic writes it, such as `P-1001`.
 *
 * It becomes a segment of DynamoDB keys and of paths, hence letters, digits and `. _ -` only, and no leading dot.
 */
const CLINIC_NUMBER = {
  error: 'must be 1 to 64 letters, digits, dots, dashes or underscores, and begin with a letter or digit',
};
const ClinicNumber = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, CLINIC_NUMBER);
/**
 * A patient number in its normal form. Other spellings are accepted and normalized.
 *
 * The characters are checked before: `ſ` and `ı` would become letters of ASCII by `toUpperCase`.
 */
export const PatientId = z
  .string()
  .regex(/^ *[A-Za-z0-9][A-Za-z0-9._-]{0,63} *$/, CLINIC_NUMBER)
  .overwrite(normalizePatientId)
  .meta({ examples: ['P-1001'] });
export const CaseId = ClinicNumber.meta({ examples: ['C-77'] });
/** The number of a prescription, a sale, a delivery …, as written by the system of record. */
export const RecordId = ClinicNumber.meta({ examples: ['RX-2025-17'] });

/** Free text. A lone surrogate is refused, because it can't be encoded in UTF-8. */
export const Text = z
  .string()
  .refine((text) => text.isWellFormed(), { error: 'must be well-formed Unicode' });

/** A timestamp: ISO 8601 with a time zone. Responses always use UTC. */
export const Timestamp = z.iso.datetime({ offset: true }).meta({ examples: ['2025-11-06T10:00:00.000Z'] });

/** A local date and time without an offset. zod's `datetime({ local: true })` would also admit `Z`. */
export const LocalTime = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?$/, { error: 'must be a local date and time' })
  .meta({ examples: ['2025-11-06T10:00:00'] });

/** An offset of a local time from UTC. */
export const UtcOffset = z
  .string()
  .regex(/^[+-](?:[01]\d|2[0-3]):[0-5]\d$/, { error: 'must be an offset from UTC' })
  .meta({ examples: ['+02:00'] });

/** The time at which a picture was taken, as a client writes it. */
export const TakenAt = z
  .union([Timestamp, z.iso.datetime({ local: true })], { error: 'must be an ISO 8601 time' })
  .describe(
    'When the picture was taken, by the clock of the camera; with its offset from UTC if that is known.',
  )
  .meta({ examples: ['2025-11-06T10:00:00+01:00'] });

/** A time zone of the IANA database that the runtime knows. */
export const TimeZone = z.string().refine(isTimeZone, { error: 'must be a time zone of the IANA database' });

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

/** A calendar date. */
export const Day = z.iso.date().meta({ examples: ['2025-11-06'] });

/** The subject of a token, or the API key of a service. */
export const Subject = z.string().meta({ examples: ['5f0c7c2e-3b2a-4d53-9a57-0c1d2e3f4a5b'] });

/** S3's form of a CRC-32: four bytes, big-endian, base64 (S3 API, `x-amz-checksum-crc32`). */
export const Crc32 = z
  .string()
  .regex(/^[A-Za-z0-9+/]{6}==$/, { error: 'must be 4 bytes in base64' })
  .meta({ examples: ['yv7Kvg=='] });
