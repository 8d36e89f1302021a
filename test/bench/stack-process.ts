// The local stack in a separate process, so that it shares neither CPU time nor memory with the measuring
// process.
import { startLocalStack } from '../../lib/local/local-stack.ts';
import { NO_RATE_LIMITS } from '../../lib/local/no-rate-limits.ts';

const [, , cdkOut = '', dataDir = ''] = process.argv;
const stack = await startLocalStack({ cdkOut, dataDir, port: 0, environment: NO_RATE_LIMITS });
const { url, s3Endpoint, dynamoDbEndpoint, credentials } = stack;
process.on('disconnect', () => void stack.close().then(() => process.exit(0)));
process.send?.({ url, s3Endpoint, dynamoDbEndpoint, credentials, pid: process.pid });
