import type * as z from 'zod';
import type { Role } from '../domain/access/caller.ts';
import type { PersonRole } from '../domain/access/roles.ts';
import type { Scope } from '../domain/access/scope.ts';
import type { ErrorCode } from '../domain/errors.ts';
import type { Group } from './groups.ts';

/** The names in braces of a path: `'id'` for `/api/images/{id}/data`. */
type PathParam<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PathParam<Rest>
  : never;

type Fields = z.ZodObject<z.ZodRawShape, z.core.$strict>;
type ParamsFor<Path extends string> = z.ZodObject<Record<PathParam<Path>, z.ZodType>, z.core.$strict>;

/** What a function may access. Its IAM policy and its environment are derived from it. */
export interface Permissions {
  /** `scan`: to write, and to read all items one after the other. */
  table?: 'read' | 'write' | 'scan';
  /**
   * The table of requests: occupied rate limit slots, and stored responses by `Idempotency-Key`. Derived from `rate`
   * and from whether the operation is idempotent. `check`, here and below: only to know whether it can be read. `uses`: also to
   * read when API keys were used. `reports`: also to read the results of scheduled runs. `report`: only to write one.
   */
  requests?: 'count' | 'remember' | 'uses' | 'reports' | 'report' | 'check';
  /** The audit log: every operation with a permission appends to it; none may change its events. */
  audit?: 'append' | 'read' | 'check' | 'verify';
  /**
   * Permissions by S3 key prefix. A signed URL has the permissions of the function that signed it. `find` allows to
   * learn that an object does not exist: without it, S3 responds with 403 and not 404 (S3 API reference, GetObject).
   * `versions` allows to list the versions also of deleted objects, `lock` to set a retention of its own for an object.
   */
  objects?: Partial<
    Record<
      'incoming' | 'incoming-dicom' | 'images' | 'dicom' | 'exports' | 'audit' | 'audit/heads',
      readonly ('find' | 'versions' | 'read' | 'write' | 'delete' | 'lock')[]
    >
  >;
  /** The table of connections. `hold`: to change which of them a person holds. */
  connections?: readonly ('find' | 'add' | 'remove' | 'hold')[];
  /** The event functions to whose queues it sends messages, by their ids. */
  queues?: readonly string[];
  /** How many messages wait in every queue of the service. */
  queueLengths?: true;
  /**
   * The people of the user pool: `find` and read them with their groups, `add` some, `change` their groups, their attributes
   * and whether they can sign in.
   */
  people?: readonly ('find' | 'add' | 'change')[];
  /** The open WebSocket connections: send messages, close them. */
  sockets?: readonly ('send' | 'close')[];
}

/** A successful response: JSON, no content (204), a redirect, or a stream of bytes. */
export type Success =
  | {
      status: 200 | 201 | 202;
      schema: z.ZodType;
      /** The content type of the response, if not `application/json`. */
      contentType?: string;
      /** The status if only a part of the request succeeded; the body has the details. */
      partialStatus?: 202 | 207;
      /** The status if all parts of the request failed; the body has the reasons. */
      allFailedStatus?: 409;
    }
  | { status: 204 }
  /** A redirect to another URL. */
  | { status: 307; redirects: true }
  | {
      status: 200;
      /** The possible content types of the bytes. */
      stream: readonly string[];
      /** The status of an empty result, as of a search without matches. */
      empty?: 204;
      /** The JSON response while the bytes do not exist yet. */
      accepted?: { status: 202; schema: z.ZodType };
    };

/** A form body with files (`multipart/form-data`). `body` is the schema of its other fields. */
export interface Form {
  /** The field name of the files. */
  file: string;
  maxFiles: number;
  /** List fields: one field with JSON, or one field for each item. */
  lists?: readonly string[];
}

/** A body of several files of one media type (`multipart/related`, RFC 2387). */
export interface Related {
  /** The media type of each part. */
  type: string;
  maxParts: number;
}

/** One endpoint, declared once: route, access, schemas, responses, permissions and sizes. */
export interface Operation {
  /** Also the name of its folder, of its function and of its `operationId`. */
  id: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: `/${string}`;
  /**
   * More paths of the same function with fewer or other parameters, by `operationId`: DICOMweb has the same resources for a
   * study, a series and an instance, and images, batches and studies have annotations.
   */
  aliases?: Readonly<Record<string, `/${string}`>>;
  summary: string;
  group: Group;
  /** The people who may call the operation; `'public'` needs no authentication. */
  auth: 'public' | readonly [PersonRole, ...PersonRole[]];
  /** The scopes of which the API key of another system must have one. Without this field, no other system may call. */
  scopes?: readonly Scope[];
  params?: Fields;
  query?: z.ZodObject;
  /** A JSON body, unless `form` is set. */
  body?: z.ZodType;
  form?: Form;
  related?: Related;
  success: Success;
  /** Errors in addition to those of its schemas and its access: see `errorsOf`. */
  errors: readonly ErrorCode[];
  /**
   * The response has an entity tag (`ETag`, RFC 9110, 8.8.3) of the resource, by which a change can be made conditional
   * (`If-Match`). `ignores`: fields that differ from response to response although the resource is the same.
   */
  entityTag?: { ignores?: readonly string[] };
  /** Its IAM rights. `permissionsOf` adds those that follow from the other fields. */
  permissions: Permissions;
  /** Its requests are not in the audit log, although it has permissions: it reads nothing that is about anybody. */
  unaudited?: true;
  /** The rate limit of a call. Downloads of single images have none, because pages show many of them. */
  rate: 'upload' | 'metadata' | 'none';
  /** It decodes pixels, which takes seconds of computation: there is an allowance of frames for each person. */
  decodes?: true;
  /**
   * The response contains a secret that is not stored, so that it can't be repeated for the same `Idempotency-Key`: see
   * `sameIds`.
   */
  returnsSecret?: true;
  /** Pages of other origins may call it (CORS), if the settings allow the origin. */
  crossOrigin?: true;
  memoryMb: number;
  timeoutSeconds: number;
  /** Names of the layers under `layers/` that it uses. */
  layers?: readonly string[];
  /** Files beside the handler that its bundle includes. */
  assets?: readonly string[];
  /** Scripts that it runs in child processes: bundled beside it as ES modules of the same name. */
  processes?: readonly string[];
  /** An example request for the API document, if the examples of the single fields do not fit together. */
  example?: { params?: Record<string, string>; query?: Record<string, unknown>; body?: unknown };
}

/** Every role of people. */
export const EVERYONE = ['patient', 'staff', 'doctor', 'admin'] as const;

/** The schema type of `params`. A path with aliases may lack some of them; a test compares the names. */
type Params<Path extends string, Op> =
  PathParam<Path> extends never ? undefined : Op extends { aliases: object } ? Fields : ParamsFor<Path>;

/** Declares an endpoint and keeps its exact type. A `params` schema that does not match the path does not compile. */
export const defineOperation = <
  const Path extends `/${string}`,
  const Op extends Omit<Operation, 'path' | 'params'>,
>(
  operation: Op & { path: Path } & (PathParam<Path> extends never
      ? { params?: never }
      : { params: Params<Path, Op> }),
): Op & { path: Path; params: Params<Path, Op> } => operation as never;

/** The roles that may call the operation; none if it is public. */
export const rolesOf = ({ auth, scopes }: Pick<Operation, 'auth' | 'scopes'>): Role[] =>
  auth === 'public' ? [] : [...auth, ...(scopes ? (['service'] as const) : [])];

/** Every path of the operation, with its `operationId` in the API document. */
export const routesOf = ({ id, path, aliases = {} }: Operation): { id: string; path: `/${string}` }[] => [
  { id, path },
  ...Object.entries(aliases).map(([id, path]) => ({ id, path })),
];

/** The methods of each path, as the header `Allow` lists them. GET implies HEAD (RFC 9110, 9.1). */
export function methodsByPath(operations: readonly Operation[]): Record<string, string[]> {
  const methods = new Map<string, Set<string>>();
  for (const operation of operations) {
    for (const { path } of routesOf(operation)) {
      const own = methods.get(path) ?? new Set();
      methods.set(path, own.add(operation.method));
      if (operation.method === 'GET') own.add('HEAD');
      if (operation.crossOrigin) own.add('OPTIONS');
    }
  }
  return Object.fromEntries([...methods].map(([path, own]) => [path, [...own].sort()]));
}

/** Every error code that the operation can return: the declared and the implied ones. */
export function errorsOf(operation: Operation): ErrorCode[] {
  const implied: ErrorCode[] = ['INTERNAL_SERVER_ERROR'];
  if (operation.params || operation.query || operation.body) implied.push('BAD_REQUEST');
  if (operation.body) implied.push('PAYLOAD_TOO_LARGE');
  if (operation.body || operation.form) implied.push('UNSUPPORTED_MEDIA_TYPE');
  if (takesIfMatch(operation)) implied.push('PRECONDITION_FAILED');
  if (operation.auth !== 'public') implied.push('UNAUTHORIZED', 'FORBIDDEN');
  if (operation.rate !== 'none' || operation.decodes) implied.push('TOO_MANY_REQUESTS');
  if (isIdempotent(operation)) implied.push('CONFLICT', 'UNPROCESSABLE_CONTENT', 'SERVICE_UNAVAILABLE');
  if (operation.rate === 'upload' || isAudited(operation)) implied.push('SERVICE_UNAVAILABLE');
  return [...new Set([...operation.errors, ...implied])];
}

/** The operation's permissions: the declared and the implied ones. */
export const permissionsOf = (operation: Operation): Permissions => ({
  ...(isAudited(operation) && { audit: 'append' }),
  ...(operation.decodes && { requests: 'count' }),
  ...(operation.rate !== 'none' && { requests: isIdempotent(operation) ? 'remember' : 'count' }),
  ...operation.permissions,
});

/** Whether the operation creates a resource and repeats its response for the same `Idempotency-Key`. */
export const isIdempotent = ({ method, body, returnsSecret }: Operation): boolean =>
  method === 'POST' && body !== undefined && !returnsSecret;

/** Whether the JSON body may be absent, which is as `{}`: where no field of it is required. */
export const isBodyOptional = ({ body, form }: Operation): boolean =>
  body !== undefined && !form && body.safeParse({}).success;

/** Whether a request can be made conditional by `If-Match`. */
export const takesIfMatch = (operation: Operation): boolean =>
  operation.entityTag !== undefined && changesState(operation);

/** Whether each request is written to the audit log: every operation that accesses stored data. */
export const isAudited = ({ permissions, unaudited }: Operation): boolean =>
  !unaudited && Object.keys(permissions).length > 0;

/** Whether the operation changes stored data: its audit event is opened before its handler runs. */
export const changesState = ({ method }: Operation): boolean => method !== 'GET';

/** Whether the operation returns one page of a list, with a cursor for the next page. */
export const isPaged = ({ query }: Operation): boolean => query?.shape.cursor !== undefined;
