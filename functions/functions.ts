import type { Operation } from '../lib/api/operation.ts';
import type { Trigger } from '../lib/api/trigger.ts';
import { operations } from './operations.ts';
import { socketRoutes } from './sockets/routes.ts';
import { triggers } from './triggers.ts';

/** The contents of one function's bundle; paths are relative to the project's root. */
interface FunctionSources {
  id: string;
  entry: string;
  /** Files that are copied into the bundle's directory. */
  assets?: readonly string[];
  /** Scripts that the function starts as processes. */
  processes?: readonly string[];
}

/** Every Lambda function. */
export const functions: FunctionSources[] = [
  { id: 'authorizer', entry: 'functions/authorizers/authorizer/handler.ts' },
  { id: 'other-methods', entry: 'functions/service/other-methods/handler.ts' },
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
