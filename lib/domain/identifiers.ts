import * as z from 'zod';

/** The id of whatever an example of the API document shows. */
export const EXAMPLE_ID = '0198c6a2-7f51-7d2e-8a35-5b1f0c4f9e01';

/** The id of everything that this service makes: a UUID (RFC 9562), version 7 so that ids sort by creation. */
export const Id = z
  .uuid()
  .toLowerCase()
  .meta({ examples: [EXAMPLE_ID] });

/**
 * A number of a patient, a case or another record as the clinic writes it, such as `P-1001`.
 *
 * It becomes a segment of S3 keys and DynamoDB keys, hence letters, digits and `. _ -` only, and no leading dot.
 */
const ClinicNumber = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, {
  error: 'must be 1 to 64 letters, digits, dots, dashes or underscores, and begin with a letter or digit',
});
export const PatientId = ClinicNumber.meta({ examples: ['P-1001'] });
export const CaseId = ClinicNumber.meta({ examples: ['C-77'] });
/** The number of a prescription, a sale, a delivery …, as the system that keeps them writes it. */
export const RecordId = ClinicNumber.meta({ examples: ['RX-2025-17'] });

/** What a person writes: any text that can be stored and sent, which half a surrogate pair can not. */
export const Text = z
  .string()
  .refine((text) => text.isWellFormed(), { error: 'must be well-formed Unicode' });

/** A moment: ISO 8601 with a time zone; answers are always in UTC. */
export const Timestamp = z.iso.datetime({ offset: true }).meta({ examples: ['2025-11-06T10:00:00.000Z'] });

/** What a clock shows at some place, without the offset of that place. */
export const LocalTime = z.iso.datetime({ local: true }).meta({ examples: ['2025-11-06T10:00:00'] });

/** A time zone of the IANA database that this machine knows. */
export const TimeZone = z.string().refine(isTimeZone, { error: 'must be a time zone of the IANA database' });

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

/** A day of the calendar. */
export const Day = z.iso.date().meta({ examples: ['2025-11-06'] });

/** Who did something, as their token or the key of a service names them. */
export const Subject = z.string().meta({ examples: ['5f0c7c2e-3b2a-4d53-9a57-0c1d2e3f4a5b'] });

/** S3's form of a CRC-32: four bytes, big-endian, base64 (S3 API, `x-amz-checksum-crc32`). */
export const Crc32 = z
  .string()
  .regex(/^[A-Za-z0-9+/]{6}==$/, { error: 'must be 4 bytes in base64' })
  .meta({ examples: ['yv7Kvg=='] });
