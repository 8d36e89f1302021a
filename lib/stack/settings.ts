import * as z from 'zod';
import { Clinic } from '../domain/clinic.ts';
import { TimeZone } from '../domain/identifiers.ts';
import { Limits } from '../domain/limits/limits.ts';

/** The days for which CloudWatch can keep logs (API reference, "PutRetentionPolicy"). */
const LogDays = z.literal([
  30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3653,
]);

/** The settings of a stage, with their defaults: see `lib/deployment/read-settings.ts`. */
export const Settings = z.strictObject({
  /**
   * Whether tables, buckets, queues, the key and the user pool stay when their stack is deleted. Without it, their data end with
   * the stack, except the segments of the audit log, which S3 Object Lock keeps.
   */
  keepData: z.boolean().default(true),
  limits: Limits.prefault({}),
  /**
   * The clinic's time zone (IANA), such as `Europe/Athens`. If a camera wrote no date, the date of an image is its
   * upload date in this time zone.
   */
  timeZone: TimeZone.default('UTC'),
  /** What the clinic sees in the page: its name and logo, and its categories of photographs. */
  clinic: Clinic.prefault({}),
  /**
   * A token issuer that replaces the stack's own user pool. `prompt`: `login consent` for an issuer that gives a refresh token only
   * after consent, as OpenID Connect Core requires it (section 11); most issuers do not, and some take one value only.
   */
  oidc: z
    .strictObject({
      issuer: z.url(),
      audience: z.string().min(1),
      jwksUri: z.url(),
      prompt: z.enum(['login', 'login consent']).default('login'),
    })
    .optional(),
  /** Whether each person needs a second factor at the stack's own sign-in page, or may have one. */
  mfa: z.enum(['OPTIONAL', 'REQUIRED']).default('OPTIONAL'),
  /**
   * An address that Amazon SES has verified, or its domain, from which people get invitations and codes. Without it Cognito sends
   * them itself, at most 50 a day (Cognito developer guide, "Email settings for user pools").
   */
  emailSender: z
    .strictObject({ address: z.email(), region: z.string().regex(/^[a-z]{2}-[a-z]+-\d$/) })
    .optional(),
  /**
   * Origins whose pages may call the API, such as those of DICOMweb viewers; `*` is all. None by default: the page has the
   * origin of the API. Signed S3 URLs work from every origin, because their signature protects the object.
   */
  allowedOrigins: z.array(z.string().min(1)).default([]),
  /** The address of the clinic's OHIF, without a slash at its end: its origin may call the API, and the page links to it (docs/ohif.md). */
  ohifUrl: z
    .url()
    .refine((url) => !url.endsWith('/'), 'must not end with a slash')
    .optional(),
  /**
   * A domain of the clinic's own, with its certificate in us-east-1 (ACM). With it, CloudFront accepts TLS 1.2 and later only, and
   * logs each request; under its own domain, it allows neither setting. The clinic's DNS points the name to the distribution.
   */
  domain: z
    .strictObject({
      name: z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'must be a host name in small letters'),
      certificateArn: z.string().regex(/^arn:[\w-]+:acm:us-east-1:\d{12}:certificate\//),
    })
    .optional(),
  /** How long CloudFront waits for the first and for each next byte of a response. More than 60 seconds need a higher quota. */
  originTimeoutSeconds: z.int().min(30).max(120).default(60),
  /**
   * An Orthanc server that also receives each stored DICOM file, by `POST <url>/instances`. The function is in no VPC,
   * so the server must be reachable from the internet.
   */
  orthancUrl: z
    .url({ protocol: /^https$/ })
    // Everyone who may read the stack can read the URL.
    .refine((url) => new URL(url).username === '', 'who signs in there stands in the orthancSecret')
    .optional(),
  /** The name of a secret in Secrets Manager with the `username` and the `password` for it. */
  orthancSecret: z.string().min(1).optional(),
  /**
   * Values of Issuer of Patient ID (0010,0021) that the clinic's own devices write. A study with another issuer belongs
   * to nobody until it is assigned to a patient, because its patient number may identify another person. A study
   * without an issuer is the clinic's.
   */
  patientIdIssuers: z.array(z.string().min(1).max(64)).default([]),
  /**
   * The number of the key that CloudFront sends to the APIs, which refuse requests without it. Add one to replace the key;
   * never skip a number: CloudFront would send a key that the APIs do not know yet.
   */
  originKeyGeneration: z.int().positive().default(1),
  /**
   * Requests that the stage of the API, and that of the sockets, take in a second from all clients together, and how many at
   * once beyond that (API Gateway developer guide, "Throttle requests to your REST APIs"). It bounds what a flood costs.
   */
  throttle: z
    .strictObject({
      requestsPerSecond: z.int().positive().default(500),
      burst: z.int().positive().max(5000).default(1000),
    })
    .prefault({}),
  /**
   * Requests that one address may send to the API within five minutes, by a rate-based rule of AWS WAF. Off by default: a web
   * ACL with a rule costs 6 dollars a month and 0.60 for a million requests, more than the rest of a small clinic's service,
   * and all people of a clinic often share one address, so that only the clinic knows a limit which stops none of them.
   */
  requestsPerAddress: z.int().min(10).optional(),
  /** Refused tokens and API keys within five minutes that raise the alarm. */
  refusedForAlarm: z.int().positive().default(50),
  /**
   * Scans each upload for malware before it is stored (GuardDuty Malware Protection for S3, which is paid by the gigabyte and by
   * the object). Until its verdict, an upload is served to nobody.
   */
  scan: z.boolean().default(false),
  /**
   * How many functions may run at once in the account, for all its stacks together (Lambda quotas, "Concurrent executions"): 1,000,
   * or 10 in a new account. No queue takes more than a fifth of it, so that people's requests find the rest.
   */
  concurrency: z.int().min(10).default(1000),
  /**
   * Whether API Gateway may write logs with a role of this stack. The role is one for each account and region, so a second stack
   * there sets `false`.
   */
  apiGatewayLogRole: z.boolean().default(true),
  /** For how many days CloudWatch keeps the logs: of the functions, and of who called the API. */
  logDays: z.strictObject({ functions: LogDays.default(90), requests: LogDays.default(400) }).prefault({}),
  /** The storage class of images and DICOM files some days after their upload. Each can be read at once, at a price. */
  coldImages: z
    .strictObject({
      afterDays: z.int().min(30).default(90),
      storageClass: z.enum(['INTELLIGENT_TIERING', 'STANDARD_IA', 'GLACIER_IR']),
    })
    .optional(),
  /** The address that receives the alarms. */
  alarmEmail: z.email().optional(),
  /**
   * How long S3 Object Lock keeps the segments of the audit log from deletion: by default six years, as HIPAA demands of
   * its documentation (45 CFR 164.316(b)(2)(i)). In the mode `compliance`, nobody can shorten that for a written
   * segment, or delete its bucket, not even the owner of the account.
   */
  auditRetention: z
    .strictObject({
      mode: z.enum(['governance', 'compliance']).default('governance'),
      days: z.int().positive().default(2192),
    })
    .prefault({}),
  /** Days for which a deleted or overwritten object can be restored. */
  deletedObjectDays: z.int().positive().default(30),
  /**
   * Days for which the table of the audit log keeps an event, and its list shows it. The archive in S3 keeps every
   * event. A change is valid for new events.
   */
  auditDays: z.int().positive().default(365),
});
export type Settings = z.infer<typeof Settings>;

/** All origins whose pages may call the API. */
export const originsAllowedBy = ({ allowedOrigins, ohifUrl }: Settings): string[] => [
  ...new Set([...allowedOrigins, ...(ohifUrl ? [new URL(ohifUrl).origin] : [])]),
];
