import * as z from 'zod';

const MB = 1024 * 1024;

const PerCaller = z.int().positive().max(300).nullable();

/** The limits of the service; each can be set under `limits` in the context of `cdk.json`. */
export const Limits = z.strictObject({
  /** Largest photograph or scan. */
  imageBytes: z
    .int()
    .positive()
    .default(10 * MB),
  /** Largest DICOM file. It is looked at whole, and unfolded where it is deflated: a function has 1,769 MB. */
  dicomBytes: z
    .int()
    .positive()
    .max(200 * MB)
    .default(100 * MB),
  /** Largest width × height that is decoded. */
  imagePixels: z.int().positive().default(100_000_000),
  /** Shortest and longest side of an image that comes with a record; pixels. */
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
  /** How long a signed upload URL can be used. */
  uploadUrlSeconds: z.int().positive().max(43_200).default(900),
  /** How long a signed download URL can be used. */
  downloadUrlSeconds: z.int().positive().max(43_200).default(900),
  /** How long an export lives; its objects go at the midnight (UTC) after a day, by the bucket's lifecycle. */
  exportSeconds: z.int().positive().max(86_400).default(86_400),
  /**
   * Requests of one person, or of one API key, within any 60 seconds; null is no limit. Each is a slot of an item in
   * DynamoDB, hence the upper bound.
   */
  uploadsPerMinute: PerCaller.default(10),
  metadataPerMinute: PerCaller.default(100),
  /** Upload requests of theirs that are handled at the same time. */
  uploadsAtOnce: PerCaller.default(5),
  /** Exports that one person may wait for at once; each holds a function for minutes. */
  unfinishedExports: z.int().positive().default(3),
  /** After this time an upload that never arrived is forgotten. */
  uploadExpirySeconds: z.int().positive().default(86_400),
});
export type Limits = z.infer<typeof Limits>;

/** When an upload that never comes is forgotten. */
export const uploadExpiry = ({ uploadExpirySeconds }: Limits, now: Date): Date =>
  new Date(now.getTime() + uploadExpirySeconds * 1000);
