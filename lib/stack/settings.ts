import * as z from 'zod';
import { TimeZone } from '../domain/identifiers.ts';
import { Limits } from '../domain/limits/limits.ts';

/** What a clinic can set under `negatoscope` in the context of `cdk.json`, with its defaults. */
export const Settings = z.strictObject({
  limits: Limits.prefault({}),
  /**
   * The clinic's time zone (IANA), such as `Europe/Athens`: the day of a picture whose camera wrote no date is that of its
   * upload there.
   */
  timeZone: TimeZone.default('UTC'),
  /** Another issuer of tokens than the stack's own user pool. */
  oidc: z.strictObject({ issuer: z.url(), audience: z.string().min(1), jwksUri: z.url() }).optional(),
  /**
   * Pages that may talk to the signed S3 URLs, and viewers' that may talk to DICOMweb: a URL's signature and a token
   * protect the image, not its origin.
   */
  allowedOrigins: z.array(z.string()).min(1).default(['*']),
  /**
   * An Orthanc server to which each stored DICOM file goes as well, by `POST <url>/instances`. The function is in no VPC:
   * it must be reachable from the internet.
   */
  orthancUrl: z
    .url({ protocol: /^https$/ })
    // It can be read by whoever may look at the stack.
    .refine((url) => new URL(url).username === '', 'who signs in there stands in the orthancSecret')
    .optional(),
  /** The name of a secret in Secrets Manager: the `username` and the `password` for it, read when the stack is deployed. */
  orthancSecret: z.string().min(1).optional(),
  /**
   * What the clinic's own devices write as Issuer of Patient ID (0010,0021). A study with another issuer belongs to nobody
   * until it is assigned to a patient: the same number may be another person's there. A study without an issuer is the
   * clinic's.
   */
  patientIdIssuers: z.array(z.string().min(1).max(64)).default([]),
  /** Who gets the alarms. */
  alarmEmail: z.email().optional(),
  /** Days for which a deleted or overwritten object can still be brought back. */
  deletedObjectDays: z.int().positive().default(30),
});
export type Settings = z.infer<typeof Settings>;
