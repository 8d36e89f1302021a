import * as z from 'zod';
import { defineOperation } from '../../../lib/api/operation.ts';
import { Next, PageQuery } from '../../../lib/api/query.ts';
import { ListedPerson } from '../../../lib/api/views/listed-person.ts';
import { GivenRole } from '../../../lib/domain/people/person.ts';

export const operation = defineOperation({
  id: 'list-people',
  method: 'GET',
  path: '/api/people',
  summary: 'List the people who may sign in, and those who may no longer',
  group: 'People',
  auth: ['admin'],
  query: z.strictObject({
    ...PageQuery,
    // Cognito returns at most 60 at once, and the groups of each take a request.
    limit: z.coerce.number().int().min(1).max(60).default(30).describe('How many at most.'),
    // Cognito's own cursor is in it, which is longer than ours.
    cursor: z.string().max(6000).optional().describe('`next` of the part before.'),
    role: GivenRole.optional().describe('Only those with this role.'),
  }),
  success: { status: 200, schema: z.strictObject({ people: z.array(ListedPerson), next: Next }) },
  errors: ['CONFLICT'],
  permissions: { people: ['find'] },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 20,
});
