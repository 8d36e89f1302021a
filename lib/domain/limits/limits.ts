import * as z from 'zod';

const MB = 1024 * 1024;
const TB = 1024 * 1024 * MB;

const PerCaller = z.int().positive().max(300).nullable();

/**
 * A signed URL ends with the temporary credentials of the function that signed it, whatever its own expiry. AWS
 * promises no duration for those of a Lambda function (AWS re:Post, "Why is my presigned URL for an Amazon S3 bucket
 * expiring before the expiration time that I specified?"), so no setting may promise hours.
 */
const SignedUrlSeconds = z.int().positive().max(3600);

/** The limits of the service; each can be set under `limits` in the context of `cdk.json`. */
export const Limits = z.strictObject({
  /** Largest photograph or scan. */
  imageBytes: z
    .int()
    .positive()
    .default(10 * MB),
  /** Largest DICOM file. It is read as a whole, and decompressed if it is deflated; a function has 1,769 MB. */
  dicomBytes: z
    .int()
    .positive()
    .max(200 * MB)
    .default(100 * MB),
  /**
   * Whether batches and cases take HEIC, in which an iPhone stores photographs. By default they do, because a patient
   * whose photographs are refused can rarely convert them. Its coding, HEVC, has patents: see `docs/decisions/heic-by-libheif.md`.
   */
  acceptHeic: z.boolean().default(true),
  /** Largest width × height that is decoded. */
  imagePixels: z.int().positive().default(100_000_000),
  /** Shortest and longest side of an image of a record; pixels. */
  recordSideMinimum: z.int().positive().default(300),
  recordSideMaximum: z.int().positive().default(4000),
  /** Files in one request for upload URLs. */
  filesPerRequest: z.int().positive().default(200),
  /**
   * Largest ZIP that is streamed. API Gateway and Lambda stream 200 MB at most, and slowly past the first 6
   * (AWS Lambda developer guide, "Response streaming": 2 MB/s after 6 MB).
   */
  zipBytes: z
    .int()
    .positive()
    .max(200 * MB)
    .default(100 * MB),
  /**
   * Bytes and images in one archive of an export; more become several archives. One invocation writes each, in 15 minutes at most
   * (Lambda quotas): the default needs half of that at the 15 MB a second that a busy laptop was measured to write
   * (`docs/decisions/exports-in-several-archives.md`).
   */
  archiveBytes: z
    .int()
    .positive()
    .default(6 * 1024 * MB),
  archiveImages: z.int().positive().default(5000),
  /**
   * Copies of edited images in one archive. Its invocation makes them first: a photograph of 12 megapixels takes two seconds of
   * computation, so that the default needs a third of the 15 minutes. One request to S3 deletes all of them.
   */
  archiveCopies: z.int().positive().max(900).default(150),
  /** How long a signed upload URL is valid. */
  uploadUrlSeconds: SignedUrlSeconds.default(900),
  /** The longest validity of a signed download URL: it has at least two thirds of it when it is given out. */
  downloadUrlSeconds: SignedUrlSeconds.default(900),
  /**
   * How long an export is available. The bucket's lifecycle rule deletes its objects at the midnight (UTC) after one
   * day.
   */
  exportSeconds: z.int().positive().max(86_400).default(86_400),
  /**
   * Requests of one person, or of one API key, within any 60 seconds; null is no limit. Each is a slot in a DynamoDB
   * item, hence the upper bound.
   */
  uploadsPerMinute: PerCaller.default(10),
  metadataPerMinute: PerCaller.default(100),
  /** Concurrent upload requests of one caller. */
  uploadsAtOnce: PerCaller.default(5),
  /** Frames and pages that are decoded for one person within a minute; null is no limit. */
  framesPerMinute: z.int().positive().nullable().default(6000),
  /** Archives that are made for one person at the same time; each occupies a function, for minutes if it is large. */
  archivesAtOnce: z.int().positive().default(2),
  /** Open sockets of one person. One more closes the oldest. */
  socketsAtOnce: z.int().positive().max(100).default(5),
  /**
   * What one person may store, and what may be stored of one patient: images and DICOM files together, with those that are
   * pending or can be restored. What is sent with an API key is never refused: a modality sends more than any person.
   */
  storedBytesPerPerson: z
    .int()
    .positive()
    .default(10 * TB),
  storedFilesPerPerson: z.int().positive().default(10_000_000),
  storedBytesPerPatient: z.int().positive().default(TB),
  storedFilesPerPatient: z.int().positive().default(1_000_000),
  /** Days for which a deleted image or batch can be restored. Then it is erased. */
  restorableDays: z.int().positive().max(3650).default(30),
  /** Days after which an API key should be replaced by a new one: the page says so, and an alarm reminds of it each day. */
  apiKeyDays: z.int().positive().max(3650).default(365),
  /** When a pending upload without bytes is marked as expired. It must be longer than `uploadUrlSeconds`. */
  uploadExpirySeconds: z.int().positive().default(86_400),
});
export type Limits = z.infer<typeof Limits>;

/** When an upload that never comes is marked as expired. */
export const uploadExpiry = ({ uploadExpirySeconds }: Limits, now: Date): Date =>
  new Date(now.getTime() + uploadExpirySeconds * 1000);
