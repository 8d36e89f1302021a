import type * as z from 'zod';
import type { Role } from '../domain/access/caller.ts';
import type { ErrorCode } from '../domain/errors.ts';

/** The names in braces of a path: `'id'` for `/api/images/{id}/data`. */
type PathParam<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PathParam<Rest>
  : never;

type Fields = z.ZodObject<z.ZodRawShape, z.core.$strict>;
type ParamsFor<Path extends string> = z.ZodObject<Record<PathParam<Path>, z.ZodType>, z.core.$strict>;

/** What a function may access. Its IAM policy and its environment are derived from it. */
export interface Permissions {
  table?: 'read' | 'write';
  /**
   * The table of requests: what its callers took of their allowances, and the answers that are given again to the same
   * `Idempotency-Key`. It follows from `rate`, and from whether it creates.
   */
  requests?: 'count' | 'remember';
  /** The audit log: every operation with a permission appends to it; none may change its events. */
  audit?: 'append' | 'read';
  /**
   * Rights by S3 key prefix; a client that uses a signed URL uses the right of the function that signed it. `find` is
   * to learn that an object is not there: without it, S3 answers 403 and not 404 (S3 API reference, GetObject).
   */
  objects?: Partial<
    Record<
      'incoming' | 'incoming-dicom' | 'images' | 'dicom' | 'exports' | 'audit',
      readonly ('find' | 'read' | 'write' | 'delete')[]
    >
  >;
  /** The table of connections: who listens at which socket. */
  connections?: readonly ('find' | 'add' | 'remove')[];
  /** The open sockets: to send through them, to end them. */
  sockets?: readonly ('send' | 'close')[];
}

/** A success: a JSON value, nothing (204), a redirection, or bytes that are streamed. */
export type Success =
  | {
      status: 200 | 201 | 202;
      schema: z.ZodType;
      /** Of the answer, where it is not `application/json`. */
      contentType?: string;
      /** The status where only a part of what was asked for is done; the answer says which. */
      partialStatus?: 202 | 207;
      /** The status where nothing of it is done; the answer says why. */
      allFailedStatus?: 409;
    }
  | { status: 204 }
  /** The reply is where to look instead. */
  | { status: 307; redirects: true }
  | {
      status: 200;
      /** The possible content types of the bytes. */
      stream: readonly string[];
      /** The status where there is nothing to send: a search that found nothing. */
      empty?: 204;
      /** The JSON answer while there are no bytes yet. */
      accepted?: { status: 202; schema: z.ZodType };
    };

/** A body that comes as a form with files (`multipart/form-data`); `body` is the schema of its other fields. */
export interface Form {
  /** The field of the files. */
  file: string;
  maxFiles: number;
  /** Fields that are lists: one field of JSON, or a field for each item. */
  lists?: readonly string[];
}

/** A body of many files of one kind (`multipart/related`, RFC 2387). */
export interface Related {
  /** The media type of each. */
  type: string;
  maxParts: number;
}

/** One endpoint, declared once: route, access, schemas, answers, rights and sizes. */
export interface Operation {
  /** Also the name of its folder, of its function and of its `operationId`. */
  id: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: `/${string}`;
  /**
   * Other paths of the same function, which have fewer of its parameters, each by an `operationId` of its own: what
   * DICOMweb says of a study, of a series and of an instance is one thing.
   */
  aliases?: Readonly<Record<string, `/${string}`>>;
  summary: string;
  group:
    | 'Service'
    | 'Cases'
    | 'Batches'
    | 'Images'
    | 'Exams'
    | 'DICOM'
    | 'DICOMweb'
    | 'Records'
    | 'Keys'
    | 'Audit';
  /** The roles that may call at all; `'public'` skips the check of who calls. */
  auth: 'public' | readonly [Role, ...Role[]];
  params?: Fields;
  query?: z.ZodObject;
  /** JSON, unless it is a `form`. */
  body?: z.ZodType;
  form?: Form;
  related?: Related;
  success: Success;
  /** Errors beyond those that its schemas and its access bring: see `errorsOf`. */
  errors: readonly ErrorCode[];
  permissions: Permissions;
  /** The per-person allowance that a call counts against; bytes of one image count against none: pages are full of them. */
  rate: 'upload' | 'metadata' | 'none';
  /** The answer holds a secret that is kept nowhere, so that it can't be given again to the same `Idempotency-Key`. */
  returnsSecret?: true;
  /** Pages of other origins may call it (CORS): those that the settings allow. */
  crossOrigin?: true;
  memoryMb: number;
  timeoutSeconds: number;
  /** Names of the layers under `layers/` that it loads. */
  layers?: readonly string[];
  /** Files beside the handler that its bundle needs. */
  assets?: readonly string[];
  /** Scripts that it runs in processes of their own: bundled beside it as ES modules of the same name. */
  processes?: readonly string[];
  /** A request for the API document, where the examples of its schemas' fields make none together. */
  example?: { params?: Record<string, string>; query?: Record<string, unknown>; body?: unknown };
}

/** Everyone who can sign in. */
export const EVERYONE = ['patient', 'staff', 'doctor', 'admin'] as const;

/** What `params` has to be: of a path that is not alone, some may be missing, and a test compares the names. */
type Params<Path extends string, Op> =
  PathParam<Path> extends never ? undefined : Op extends { aliases: object } ? Fields : ParamsFor<Path>;

/**
 * Declares an endpoint; its own types are kept, and a `params` schema that does not match the path does not compile.
 */
export const defineOperation = <
  const Path extends `/${string}`,
  const Op extends Omit<Operation, 'path' | 'params'>,
>(
  operation: Op & { path: Path } & (PathParam<Path> extends never
      ? { params?: never }
      : { params: Params<Path, Op> }),
): Op & { path: Path; params: Params<Path, Op> } => operation as never;

/** Every path that leads to the operation, with the `operationId` that the API document gives it. */
export const routesOf = ({ id, path, aliases = {} }: Operation): { id: string; path: `/${string}` }[] => [
  { id, path },
  ...Object.entries(aliases).map(([id, path]) => ({ id, path })),
];

/** Every error code that the operation can answer with: its own and those that its declaration implies. */
export function errorsOf(operation: Operation): ErrorCode[] {
  const implied: ErrorCode[] = ['INTERNAL_SERVER_ERROR'];
  if (operation.params || operation.query || operation.body) implied.push('BAD_REQUEST');
  if (operation.body) implied.push('PAYLOAD_TOO_LARGE');
  if (operation.form) implied.push('UNSUPPORTED_MEDIA_TYPE');
  if (operation.auth !== 'public') implied.push('UNAUTHORIZED', 'FORBIDDEN');
  if (operation.rate !== 'none') implied.push('TOO_MANY_REQUESTS');
  if (isIdempotent(operation)) implied.push('CONFLICT', 'UNPROCESSABLE_CONTENT', 'SERVICE_UNAVAILABLE');
  if (operation.rate === 'upload') implied.push('SERVICE_UNAVAILABLE');
  return [...new Set([...operation.errors, ...implied])];
}

/** The operation's permissions: those that it declares, and those that its declaration implies. */
export const permissionsOf = (operation: Operation): Permissions => ({
  ...(isAudited(operation) && { audit: 'append' }),
  ...operation.permissions,
  ...(operation.rate !== 'none' && { requests: isIdempotent(operation) ? 'remember' : 'count' }),
});

/** Whether it creates, and gives the same answer again to the same `Idempotency-Key`. */
export const isIdempotent = ({ method, body, returnsSecret }: Operation): boolean =>
  method === 'POST' && body !== undefined && !returnsSecret;

/** Whether each request is an event of the audit log: those are that reach anything that is kept. */
export const isAudited = ({ permissions }: Operation): boolean => Object.keys(permissions).length > 0;

/** Whether the operation answers with a part of a list, and says by a cursor where the next one begins. */
export const isPaged = ({ query }: Operation): boolean => query?.shape.cursor !== undefined;
