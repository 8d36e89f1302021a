// Sends wrong API keys in a process of its own: the time that two hundred clients take is not the service's.
import { randomUUID } from 'node:crypto';
import { formatApiKey, newSecret } from '../../lib/lambda/auth/api-key-format.ts';

/** The requests of one attack, all at the same time. */
export interface Attack {
  url: string;
  count: number;
}

/** How often each status was the answer. */
export type Statuses = Record<string, number>;

async function attack({ url, count }: Attack): Promise<Statuses> {
  const statuses: Statuses = {};
  const wrong = async () => {
    const key = formatApiKey({ id: randomUUID(), secret: newSecret() });
    const { status } = await fetch(url, { headers: { 'x-api-key': key } });
    statuses[status] = (statuses[status] ?? 0) + 1;
  };
  await Promise.all(Array.from({ length: count }, wrong));
  return statuses;
}

process.on('message', async (message) => process.send?.(await attack(message as Attack)));
