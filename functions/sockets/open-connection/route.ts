import { defineSocketRoute } from '../../../lib/api/socket-route.ts';

export const route = defineSocketRoute({
  id: 'open-connection',
  routeKey: '$connect',
  summary: 'Note who listens at a socket, and until when',
  permissions: { connections: ['add', 'remove', 'hold'], sockets: ['close'], audit: 'append' },
  memoryMb: 512,
  timeoutSeconds: 10,
});
