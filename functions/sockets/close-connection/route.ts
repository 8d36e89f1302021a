import { defineSocketRoute } from '../../../lib/api/socket-route.ts';

export const route = defineSocketRoute({
  id: 'close-connection',
  routeKey: '$disconnect',
  summary: 'Forget a socket that has closed',
  permissions: { connections: ['remove', 'hold'], audit: 'append' },
  memoryMb: 512,
  timeoutSeconds: 10,
});
