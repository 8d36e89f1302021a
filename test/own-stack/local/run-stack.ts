// A local stack in a separate process, for the tests that kill it: node run-stack.ts <cdk.out> <data dir>
// <port>
import { startLocalStack } from '../../../lib/local/local-stack.ts';

const [cdkOut = '', dataDir = '', port = '0'] = process.argv.slice(2);
const stack = await startLocalStack({ cdkOut, dataDir, port: Number(port) });
console.log(JSON.stringify({ url: stack.url, credentials: stack.credentials }));
