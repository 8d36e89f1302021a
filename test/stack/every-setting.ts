import type * as z from 'zod';
import type { Settings } from '../../lib/stack/settings.ts';

/** A value for every setting that adds to the stacks or changes them, each other than the default. */
export const EVERY_SETTING = {
  keepData: true,
  timeZone: 'Europe/Athens',
  clinic: {
    name: 'Clinic of Athens',
    logo: 'web/public/favicon.svg',
    categories: [{ group: 'Skin', categories: { mole: 'Mole', other: 'Other' } }],
    patientTexts: { en: { 'batches.list': 'Visits' } },
  },
  mfa: 'REQUIRED',
  emailSender: { address: 'images@clinic.example', region: 'eu-central-1' },
  allowedOrigins: ['https://viewer.clinic.example'],
  ohifUrl: 'https://ohif.clinic.example',
  domain: {
    name: 'images.clinic.example',
    certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/0190a5a2',
  },
  originTimeoutSeconds: 120,
  orthancUrl: 'https://pacs.clinic.example',
  orthancSecret: 'orthanc',
  patientIdIssuers: ['CLINIC'],
  throttle: { requestsPerSecond: 100, burst: 200 },
  requestsPerAddress: 3000,
  refusedForAlarm: 20,
  originKeyGeneration: 2,
  scan: true,
  concurrency: 10,
  apiGatewayLogRole: true,
  logDays: { functions: 30, requests: 3653 },
  coldImages: { afterDays: 90, storageClass: 'GLACIER_IR' },
  alarmEmail: 'it@clinic.example',
  auditRetention: { mode: 'compliance', days: 3653 },
  deletedObjectDays: 60,
  auditDays: 730,
} satisfies z.input<typeof Settings>;
