// The used part of s3rver, which has no types of its own.
declare module '@20minutes/s3rver' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  interface Context {
    req: IncomingMessage;
    state: Record<string, unknown>;
    response: { get(name: string): string };
    set(name: string, value: string): void;
    remove(name: string): void;
  }

  class S3rver {
    constructor(options: { silent: boolean; directory: string; vhostBuckets: boolean });
    store: unknown;
    context: { store: unknown };
    middleware: ((context: Context, next: () => Promise<void>) => Promise<void>)[];
    on(event: 'error', listener: (error: Error) => void): this;
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  }
  export = S3rver;
}

declare module '@20minutes/s3rver/lib/models/error.js' {
  class S3Error extends Error {
    constructor(code: string, message: string, detail?: Record<string, unknown>);
    code: string;
    status: number;
    toXML(): string;
  }
  export = S3Error;
}

declare module '@20minutes/s3rver/lib/models/object.js' {
  import type { Readable } from 'node:stream';

  class S3Object {
    constructor(
      bucket: string,
      key: string,
      content: Readable | Buffer | null,
      metadata: Record<string, unknown>,
    );
    bucket: string;
    key: string;
    content: Readable | Buffer | null;
    metadata: Record<string, string | number>;
    range?: { start: number; end: number };
  }
  export = S3Object;
}
