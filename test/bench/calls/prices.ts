/**
 * List prices in US dollars, us-east-1 (N. Virginia), without any free tier or discount for quantity, as of
 * December 2025. Each names the AWS page that says it; look there before you rely on them.
 */
export const PRICES_AS_OF = '2025-12';

const MILLION = 1_000_000;

export const prices = {
  /** "Amazon API Gateway pricing", REST APIs, first 333 million requests a month. */
  apiGatewayRequest: 3.5 / MILLION,
  /** "AWS Lambda pricing", requests. */
  lambdaRequest: 0.2 / MILLION,
  /** "AWS Lambda pricing", Arm, duration, first 7.5 billion GB-seconds a month. */
  lambdaGbSecond: 0.0000133334,
  /** "Amazon DynamoDB pricing for on-demand capacity", Standard table class. */
  dynamoDbReadUnit: 0.125 / MILLION,
  dynamoDbWriteUnit: 0.625 / MILLION,
  /** "Amazon S3 pricing", S3 Standard: PUT, COPY, POST, LIST requests; DELETE is free. */
  s3Write: 0.005 / 1000,
  /** "Amazon S3 pricing", S3 Standard: GET and all other requests. */
  s3Read: 0.0004 / 1000,
  /** "Amazon SQS pricing", standard queue. */
  sqsRequest: 0.4 / MILLION,
  /** "Amazon API Gateway pricing", WebSocket APIs: connection minutes, and messages of up to 32 KB. */
  socketMinute: 0.25 / MILLION,
  socketMessage: 1 / MILLION,
  /** "Amazon S3 pricing": S3 Standard, first 50 TB a month. */
  storageGbMonth: 0.023,
  /** "Amazon S3 pricing", data transfer out to the internet, first 10 TB a month after 100 GB. */
  transferGb: 0.09,
} as const;

/** The parts of one call. */
export interface Consumption {
  /** By API Gateway, or otherwise by the event that starts it. */
  source: 'http' | 'socket' | 'queue' | 'stream' | 'clock';
  memoryMb: number;
  durationMs: number;
  readUnits: number;
  writeUnits: number;
  s3Reads: number;
  s3Writes: number;
}

/** Sending, receiving and deleting the message. */
const SQS_REQUESTS = 3;

/**
 * The cost of a million such calls; Lambda bills whole milliseconds, and reading a table's stream and
 * schedules are free for it.
 */
export function dollarsPerMillion(call: Consumption): number {
  const gbSeconds = (call.memoryMb / 1024) * (Math.ceil(call.durationMs) / 1000);
  const source = {
    http: prices.apiGatewayRequest,
    // The message and its answer.
    socket: 2 * prices.socketMessage,
    queue: SQS_REQUESTS * prices.sqsRequest,
    stream: 0,
    clock: 0,
  }[call.source];
  const dollars =
    source +
    prices.lambdaRequest +
    gbSeconds * prices.lambdaGbSecond +
    call.readUnits * prices.dynamoDbReadUnit +
    call.writeUnits * prices.dynamoDbWriteUnit +
    call.s3Reads * prices.s3Read +
    call.s3Writes * prices.s3Write;
  return dollars * MILLION;
}
