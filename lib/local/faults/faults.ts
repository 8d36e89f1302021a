import { createHash, randomInt } from 'node:crypto';
import { StartError } from '../start-error.ts';
import type {
  CallFaultName,
  Conditions,
  EventFaultName,
  EventSource,
  Fault,
  Service,
} from './fault-kinds.ts';
import { type FaultList, parseFaults } from './fault-list.ts';

/** A call of an AWS service. */
export interface Call {
  service: Service;
  action: string;
  /** The id of the function that calls, or whose signature a URL has; undefined for tools and tests. */
  functionId: string | undefined;
  /** The header `user-agent`, in which a process of a function has its number. */
  userAgent: string | undefined;
  hasSignedUrl?: boolean;
  tables?: readonly string[];
  bucket?: string;
  queue?: string;
}

/** What happens to a call. `variant` (0 up to 1) chooses between the ways in which AWS shows the same fault. */
export interface CallFault {
  name: CallFaultName;
  variant: number;
  /** The restriction to a table, if the list has one. */
  table: string | undefined;
  /** Kills the process that calls (`kill-before`, `kill-after`). */
  kill(): void;
}

/** An event on its way: one message or one batch of records. */
export interface Delivery {
  source: EventSource;
  queue?: string;
  table?: string;
  /** The id of the function that receives it. */
  functionId?: string;
}

/** What the faults need from the stack. */
export interface FaultTargets {
  functionIds: readonly string[];
  tables: readonly string[];
  buckets: readonly string[];
  queues: readonly string[];
  /** Kills one process of a function, by the number in its `user-agent`. */
  kill(functionId: string, instance: number): void;
  log(line: string): void;
}

interface ActiveFault {
  fault: Fault;
  /** How often a call or an event has matched. */
  matches: number;
}

/** Up to how long an event is held back so that later ones overtake it, in milliseconds. */
export const overtakingMs = 1000;

/**
 * The faults that a running stack has, by its list. Each fault draws its own sequence of numbers from the seed, so that
 * the decision about its n-th call does not depend on other calls.
 */
export class Faults {
  readonly #targets: FaultTargets;
  readonly #counts = new Map<string, number>();
  #active: ActiveFault[] = [];
  #seed = 0;

  /** Throws a StartError for a list that it cannot read, or that names what the stack does not have. */
  constructor(targets: FaultTargets, list = '') {
    this.#targets = targets;
    if (list !== '') this.#replace(parseFaults(list));
  }

  /** Whether there is any fault. Without one, no emulation needs to ask. */
  get any(): boolean {
    return this.#active.length > 0;
  }

  /** Replaces all faults by those of a list; the empty text ends them. Throws as the constructor does. */
  set(list: string) {
    const parsed = parseFaults(list);
    if (parsed.clockMs > 0) throw new StartError('The clock of a running stack is moved by `clock.advance`.');
    this.#replace(parsed);
  }

  /** How often each fault has happened since the start, by its name. */
  counts(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }

  /** The present list with its seed: with them, a run makes the same decisions. */
  get description(): string {
    return `faults: ${[`seed=${this.#seed}`, ...this.#active.map(({ fault }) => fault.text)].join(',')}`;
  }

  /** The fault that a call has, if any. */
  of(call: Call): CallFault | undefined {
    const name = `${call.service}:${call.action}`;
    for (const active of this.#active) {
      const { fault } = active;
      if (!('calls' in fault) || !fault.calls.includes(name) || !concerns(fault.conditions, call)) continue;
      const instance = instanceOf(call.userAgent);
      // Only its processes call as a function: with a signed URL of it, another client calls.
      const { function: caller, signedUrl } = fault.conditions;
      if (caller !== undefined && !signedUrl && instance === undefined) continue;
      if (!this.#happens(active)) continue;
      const { functionId = '' } = call;
      this.#record(
        fault.name,
        `${functionId || 'a client'} at ${name}${call.tables ? ` on ${call.tables}` : ''}`,
      );
      return {
        name: fault.name,
        variant: this.#draw(active, 'variant'),
        table: fault.conditions.table,
        kill: () => this.#targets.kill(functionId, instance ?? 0),
      };
    }
    return undefined;
  }

  /** After how many milliseconds a message is delivered, for each of its deliveries; none if it is lost. */
  deliveries(delivery: Delivery): number[] {
    if (!this.any) return [0];
    if (this.#of('loss', delivery)) return [];
    const once = this.delayMs(delivery);
    // A queue has one message, and delivers it twice.
    return delivery.source !== 'sqs' && this.#of('duplicate', delivery) ? [once, 0] : [once];
  }

  /** How many milliseconds late an event is: it is delayed, or held back until others have overtaken it. */
  delayMs(delivery: Delivery): number {
    const delayed = this.#of('delay', delivery);
    const overtaken = delivery.source === 'stream' ? undefined : this.#of('reordering', delivery);
    const delay = delayed && 'delayMs' in delayed.fault ? delayed.fault.delayMs : 0;
    return delay + (overtaken ? Math.ceil(this.#draw(overtaken, 'variant') * overtakingMs) : 0);
  }

  /** Whether a fault happens to this event. */
  happens(name: EventFaultName, delivery: Delivery): boolean {
    return this.#of(name, delivery) !== undefined;
  }

  #replace({ seed = randomInt(1_000_000_000), faults }: FaultList) {
    for (const { text, conditions } of faults) this.#requireTargets(text, conditions);
    this.#seed = seed;
    this.#active = faults.map((fault) => ({ fault, matches: 0 }));
    this.#targets.log(this.description);
  }

  #of(name: EventFaultName, delivery: Delivery): ActiveFault | undefined {
    const happened = this.#active.find(
      (active) =>
        active.fault.name === name &&
        active.fault.sources.includes(delivery.source) &&
        concerns(active.fault.conditions, delivery) &&
        this.#happens(active),
    );
    if (happened) this.#record(name, `${delivery.source} to ${delivery.functionId ?? delivery.queue}`);
    return happened;
  }

  #happens(active: ActiveFault): boolean {
    active.matches += 1;
    const { frequency } = active.fault;
    if ('nth' in frequency) return active.matches === frequency.nth;
    return this.#draw(active, 'frequency') < frequency.probability;
  }

  /** A number from 0 up to 1 that depends on the seed, the fault and the number of its matches. */
  #draw({ fault, matches }: ActiveFault, purpose: string): number {
    const text = [this.#seed, fault.text, matches, purpose].join('\n');
    return createHash('sha256').update(text).digest().readUInt32BE() / 2 ** 32;
  }

  #record(name: string, where: string) {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    this.#targets.log(`fault ${name}: ${where}`);
  }

  #requireTargets(text: string, { function: functionId, table, bucket, queue }: Conditions) {
    const { functionIds, tables, buckets, queues } = this.#targets;
    const requireOne = (kind: string, known: readonly string[], isWanted: (name: string) => boolean) => {
      if (known.some(isWanted)) return;
      throw new StartError(`The fault ${JSON.stringify(text)} names no ${kind} of ${known.join(', ')}.`);
    };
    if (functionId !== undefined) requireOne('function', functionIds, (name) => name === functionId);
    if (table !== undefined) requireOne('table', tables, (name) => includesName(name, table));
    if (bucket !== undefined) requireOne('bucket', buckets, (name) => includesName(name, bucket));
    if (queue !== undefined) requireOne('queue', queues, (name) => includesName(name, queue));
  }
}

function concerns(conditions: Conditions, at: Partial<Call> & Partial<Delivery>): boolean {
  const { function: functionId, table, bucket, queue, signedUrl } = conditions;
  const tables = at.tables ?? (at.table === undefined ? [] : [at.table]);
  return (
    (functionId === undefined || functionId === at.functionId) &&
    (table === undefined || tables.some((name) => includesName(name, table))) &&
    (bucket === undefined || includesName(at.bucket ?? '', bucket)) &&
    (queue === undefined || includesName(at.queue ?? '', queue)) &&
    (!signedUrl || at.hasSignedUrl === true)
  );
}

const includesName = (name: string, part: string) => name.toLowerCase().includes(part.toLowerCase());

/** The number of the process in a function's `user-agent`: `AWS_SDK_UA_APP_ID` puts it there. */
function instanceOf(userAgent: string | undefined): number | undefined {
  const number = / app\/instance-(\d+)/.exec(userAgent ?? '')?.[1];
  return number === undefined ? undefined : Number(number);
}
