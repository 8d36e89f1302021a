import type { Operation } from '../api/operation.ts';
import type { Caller } from '../domain/caller.ts';
import { cursorSeal } from './cursor-seal.ts';
import { environment } from './environment.ts';

interface AnyRequest {
  params: unknown;
  query: unknown;
  caller: Caller | undefined;
}

/** Runs the handler of a list with opened cursors, and seals the one that it gives. */
export async function handlePaged<R extends AnyRequest>(
  { id }: Operation,
  request: R,
  handle: (request: R) => unknown,
): Promise<unknown> {
  const { cursor, limit, ...filter } = (request.query ?? {}) as Record<string, unknown>;
  const { trail: _, ...caller } = request.caller ?? {};
  const { seal, open } = cursorSeal(environment.cursorSecret, [id, caller, request.params, filter]);
  const query = { ...filter, limit, ...(typeof cursor === 'string' && { cursor: open(cursor) }) };
  const page = (await handle({ ...request, query })) as { next: string | null };
  return { ...page, next: page.next === null ? null : seal(page.next) };
}
