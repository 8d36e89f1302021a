import type { Clock } from '../clock.ts';
import type { Credentials } from '../lambda/functions.ts';
import { type Access, decide, type Statement } from './iam.ts';

/** One request of a function to S3 or DynamoDB, for tests that count them. */
export interface ServiceCall {
  functionName: string;
  service: 's3' | 'dynamodb';
  action: string;
  requestBytes: number;
  responseBytes: number;
  capacityUnits?: number;
}

interface Principal {
  name: string;
  functionId: string | undefined;
  secretAccessKey: string;
  /** Undefined: everything is allowed (the stack itself). */
  statements: Statement[] | undefined;
}

/** The callers of the local services, by access key, and their permissions by the template's policies. */
export class Principals {
  readonly #byKey = new Map<string, Principal>();
  readonly #onCall: ((call: ServiceCall) => void) | undefined;
  readonly #log: (line: string) => void;
  /** The time by which their signatures are valid. */
  readonly clock: Clock;

  constructor(onCall: ((call: ServiceCall) => void) | undefined, log: (line: string) => void, clock: Clock) {
    this.clock = clock;
    this.#onCall = onCall;
    this.#log = log;
  }

  get counts(): boolean {
    return this.#onCall !== undefined;
  }

  add(
    name: string,
    { accessKeyId, secretAccessKey }: Credentials,
    statements?: Statement[],
    functionId?: string,
  ) {
    this.#byKey.set(accessKeyId, { name, functionId, secretAccessKey, statements });
  }

  secretOf(accessKeyId: string): string | undefined {
    return this.#byKey.get(accessKeyId)?.secretAccessKey;
  }

  nameOf(accessKeyId: string): string | undefined {
    return this.#byKey.get(accessKeyId)?.name;
  }

  functionIdOf(accessKeyId: string): string | undefined {
    return this.#byKey.get(accessKeyId)?.functionId;
  }

  may(accessKeyId: string, access: Access): boolean {
    const principal = this.#byKey.get(accessKeyId);
    if (!principal) return false;
    if (!principal.statements || decide(principal.statements, access) === 'allowed') return true;
    this.#log(
      `${principal.name} may not ${access.action} on ${access.resource}: no policy in the template allows it`,
    );
    return false;
  }

  count(accessKeyId: string, call: Omit<ServiceCall, 'functionName'>) {
    this.#onCall?.({ functionName: this.nameOf(accessKeyId) ?? 'unknown', ...call });
  }
}
