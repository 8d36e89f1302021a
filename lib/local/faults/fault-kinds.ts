/** The calls that faults can apply to, by service. */
const ACTIONS = {
  dynamodb: [
    'BatchGetItem',
    'BatchWriteItem',
    'DeleteItem',
    'GetItem',
    'PutItem',
    'Query',
    'Scan',
    'TransactGetItems',
    'TransactWriteItems',
    'UpdateItem',
  ],
  s3: [
    'AbortMultipartUpload',
    'CompleteMultipartUpload',
    'CopyObject',
    'CreateMultipartUpload',
    'DeleteObject',
    'DeleteObjects',
    'GetObject',
    'HeadObject',
    'ListObjectsV2',
    'PutObject',
    'UploadPart',
  ],
  sqs: ['ChangeMessageVisibility', 'ReceiveMessage', 'SendMessage'],
} as const;
export type Service = keyof typeof ACTIONS;
const SERVICES = Object.keys(ACTIONS) as Service[];

const calls = (service: Service, names = /./) =>
  ACTIONS[service].filter((action) => names.test(action)).map((action) => `${service}:${action}`);

const WRITES = [
  ...calls('dynamodb', /^(Put|Update|Delete|BatchWrite|TransactWrite)/),
  ...calls('s3', /^(Put|Copy|Upload|Delete|Create|Complete|Abort)/),
  ...calls('sqs', /^(Send|Change)/),
];
/** SSE-KMS needs a key to write and to read an object, and none for the rest. */
const ENCRYPTED = calls('s3', /^(Get|Put|Copy|UploadPart|Create|Complete)/);

/** The calls that each fault can apply to. */
export const CALL_FAULTS = {
  throttling: [...calls('dynamodb'), ...calls('s3')],
  'internal-error': [...calls('dynamodb'), ...calls('s3')],
  'transaction-conflict': calls('dynamodb', /^(Put|Update|Delete|Transact)/),
  'kms-throttling': ENCRYPTED,
  'truncated-body': calls('s3', /^Get/),
  'lost-acknowledgement': WRITES,
  'kill-before': SERVICES.flatMap((service) => calls(service)),
  'kill-after': SERVICES.flatMap((service) => calls(service)),
} as const;
export type CallFaultName = keyof typeof CALL_FAULTS;

/** What delivers events: S3's notifications, queues, streams to functions. */
export type EventSource = 's3' | 'sqs' | 'stream';
const SOURCES: readonly EventSource[] = ['s3', 'sqs', 'stream'];

/** The sources that each fault can apply to. AWS delivers from queues and streams at least once: they lose nothing. */
export const EVENT_FAULTS = {
  duplicate: SOURCES,
  delay: SOURCES,
  reordering: SOURCES,
  loss: ['s3'],
} as const;
export type EventFaultName = keyof typeof EVENT_FAULTS;

/** Restrictions of a fault to a part of the stack. Names of resources are parts of their logical IDs. */
export interface Conditions {
  function?: string;
  table?: string;
  bucket?: string;
  queue?: string;
  /** Requests with a signature in the URL only, which browsers send. */
  signedUrl?: true;
}

/** How often a fault happens: at the n-th matching call or event, or at each with a probability. */
export type Frequency = { nth: number } | { probability: number };

export type Fault = { text: string; frequency: Frequency; conditions: Conditions } & (
  | { name: CallFaultName; calls: readonly string[] }
  | { name: EventFaultName; sources: readonly EventSource[]; delayMs: number }
);
