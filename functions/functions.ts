import type { Operation } from '../lib/api/operation.ts';
import type { Trigger } from '../lib/api/trigger.ts';
import { operations } from './operations.ts';
import { socketRoutes } from './sockets/routes.ts';
import { triggers } from './triggers.ts';

/** What one function's bundle is made of; paths are from the project's root. */
interface FunctionSources {
  id: string;
  entry: string;
  /** Files that are copied beside it. */
  assets?: readonly string[];
  /** Scripts that it starts as processes. */
  processes?: readonly string[];
}

/** Every Lambda function. */
export const functions: FunctionSources[] = [
  { id: 'authorizer', entry: 'functions/authorizers/authorizer/handler.ts' },
  { id: 'authorize-connection', entry: 'functions/sockets/authorize-connection/handler.ts' },
  ...socketRoutes.map(({ id }) => ({ id, entry: `functions/sockets/${id}/handler.ts` })),
  ...operations.map((operation: Operation) => ({
    id: operation.id,
    entry: `functions/${operation.group.toLowerCase()}/${operation.id}/handler.ts`,
    assets: operation.assets ?? [],
    processes: operation.processes ?? [],
  })),
  ...triggers.map((trigger: Trigger) => ({
    id: trigger.id,
    entry: `functions/events/${trigger.id}/handler.ts`,
    assets: trigger.assets ?? [],
    processes: trigger.processes ?? [],
  })),
];
