import { defineSocketRoute } from '../../../lib/api/socket-route.ts';

export const route = defineSocketRoute({
  id: 'show-patient',
  routeKey: 'show',
  summary: 'Note which patient a page shows, so that it receives the messages about that patient only',
  rate: 'metadata',
  permissions: { connections: ['hold'], requests: 'count', audit: 'append' },
  memoryMb: 512,
  timeoutSeconds: 10,
});
