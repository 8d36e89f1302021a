import * as z from 'zod';
import { defineOperation } from '../../../lib/api/operation.ts';
import { EXAMPLE_ID } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'open-image-link',
  method: 'GET',
  path: '/api/v2/links/{token}',
  summary: 'Open the link of an image: it leads to the original for 24 hours, and no longer than that exists',
  group: 'Records',
  // The link contains a signed token and authenticates the request.
  auth: 'public',
  params: z.strictObject({
    token: z
      .string()
      .max(256)
      .meta({ examples: [`${EXAMPLE_ID}.1762509600.${'k7'.repeat(21)}k`] }),
  }),
  success: { status: 307, redirects: true },
  errors: ['NOT_FOUND', 'GONE', 'SERVICE_UNAVAILABLE'],
  permissions: { table: 'read', objects: { images: ['read'] } },
  rate: 'none',
  memoryMb: 512,
  timeoutSeconds: 10,
});
