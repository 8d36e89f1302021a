import type { Operation } from '../../api/operation.ts';
import type { Caller } from '../../domain/access/caller.ts';
import { environment } from '../environment.ts';
import { cursorSigner } from './signed-cursor.ts';

interface AnyRequest {
  params: unknown;
  query: unknown;
  caller: Caller | undefined;
}

/** Runs the handler of a list with the verified cursor, and signs the cursor that it returns. */
export async function handlePage<R extends AnyRequest>(
  { id }: Operation,
  request: R,
  handle: (request: R) => unknown,
): Promise<unknown> {
  const { cursor, limit, ...filter } = (request.query ?? {}) as Record<string, unknown>;
  const { auditContext: _trail, ...caller } = request.caller ?? {};
  const { sign, verify } = cursorSigner(environment.cursorSecret, [id, caller, request.params, filter]);
  const query = { ...filter, limit, ...(typeof cursor === 'string' && { cursor: verify(cursor) }) };
  const page = (await handle({ ...request, query })) as { next: string | null };
  return { ...page, next: page.next === null ? null : sign(page.next) };
}
