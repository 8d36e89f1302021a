// A local stack in a process of its own: node stack-process.ts <cdk.out> <data directory> <port> <faults>. It reports its address,
// and obeys messages of its parent.

import { adminEnvironment } from '../../lib/local/admin-environment.ts';
import { startLocalStack } from '../../lib/local/local-stack.ts';
import { NO_RATE_LIMITS } from '../../lib/local/no-rate-limits.ts';
import type { ToParent, ToStack } from './stack-in-process.ts';

const [cdkOut = '', dataDir = '', port = '0', faults = ''] = process.argv.slice(2);
const send = (message: ToParent) => process.send?.(message);
const stack = await startLocalStack({
  cdkOut,
  dataDir,
  port: Number(port),
  faults,
  environment: NO_RATE_LIMITS,
});

process.on('message', async (message: ToStack) => {
  if (message.type === 'faults') stack.faults.set(message.list);
  send({ type: 'done', counts: stack.faults.counts() });
});
process.on('disconnect', () => process.exit(0));

const tokens = await Promise.all((['doctor', 'admin'] as const).map((user) => stack.token(user, {}, 86_400)));
const [doctor = '', admin = ''] = tokens;
send({ type: 'ready', url: stack.url, tokens: { doctor, admin }, environment: adminEnvironment(stack) });
