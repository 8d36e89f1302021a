import type { Operation } from '../lib/api/operation.ts';
import { operations } from './operations.ts';
import { triggers } from './triggers.ts';

/** Every Lambda function: its name, its source file from the project's root, and the files that belong beside it. */
export const functions: { id: string; entry: string; assets: readonly string[] }[] = [
  { id: 'authorizer', entry: 'functions/authorizer/handler.ts', assets: [] },
  ...operations.map((operation: Operation) => ({
    id: operation.id,
    entry: `functions/${operation.group.toLowerCase()}/${operation.id}/handler.ts`,
    assets: operation.assets ?? [],
  })),
  ...triggers.map(({ id }) => ({ id, entry: `functions/events/${id}/handler.ts`, assets: [] })),
];
