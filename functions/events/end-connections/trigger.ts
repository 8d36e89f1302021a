import { defineTrigger } from '../../../lib/api/trigger.ts';

export const trigger = defineTrigger({
  id: 'end-connections',
  summary: 'Close the sockets of people whose tokens have ended',
  costOfFailure: 'Sockets stay open after their tokens, for two hours at most; nothing is sent to them.',
  source: { everyMinutes: 1 },
  permissions: { connections: ['find', 'remove'], sockets: ['close'] },
  memoryMb: 512,
  timeoutSeconds: 50,
});
