import { StartError } from '../start-error.ts';
import {
  CALL_FAULTS,
  type Conditions,
  EVENT_FAULTS,
  type EventFaultName,
  type EventSource,
  type Fault,
  type Frequency,
} from './fault-kinds.ts';

export interface FaultList {
  /** Undefined: a new one is drawn. */
  seed: number | undefined;
  /** How far the clock is ahead from the start. */
  clockMs: number;
  faults: Fault[];
}

const FORM = 'docs/faults.md describes the list';
const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DEFAULT_DELAY = '5s';

/** Reads a list such as `seed=7,throttling=0.1@dynamodb,kill=make-thumbnail@after:s3:PutObject#2`. */
export function parseFaults(text: string): FaultList {
  const list: FaultList = { seed: undefined, clockMs: 0, faults: [] };
  for (const entry of text.split(',').map((part) => part.trim())) {
    if (entry === '') continue;
    const [, name = entry, value = ''] = /^([^=]*)=(.*)$/.exec(entry) ?? [];
    if (name === 'seed') list.seed = seedOf(value, entry);
    else if (name === 'clock') list.clockMs = durationMs(value.replace(/^\+/, ''), entry);
    else if (name === 'kill') list.faults.push(killOf(value, entry));
    else list.faults.push(faultOf(name, value, entry));
  }
  return list;
}

function seedOf(value: string, entry: string): number {
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw unreadable(entry, 'expected a number of at most 9 digits');
}

/** `<function>@<before|after>:<service>:<action>`, then `#<n>` or `=<probability>`; the first call without either. */
function killOf(value: string, entry: string): Fault {
  const match =
    /^(?<id>[\w-]+)@(?<moment>before|after):(?<call>\w+:\w+)(?:#(?<nth>\d+)|=(?<probability>.+))?$/.exec(
      value,
    );
  const { id, moment, call = '', nth = '1', probability } = match?.groups ?? {};
  if (id === undefined) {
    throw unreadable(
      entry,
      'expected kill=<function>@<before|after>:<service>:<action>, then #<n> or =<probability>',
    );
  }
  const name = `kill-${moment === 'before' ? 'before' : 'after'}` as const;
  return {
    name,
    text: entry,
    frequency: frequencyOf(probability ?? `#${nth}`, entry),
    conditions: { function: id },
    calls: callsOf(call, CALL_FAULTS[name], entry),
  };
}

/** `<frequency>`, for a delay `:<duration>`, then `@<condition>+<condition>`. */
function faultOf(name: string, value: string, entry: string): Fault {
  const isCall = isOneOf(CALL_FAULTS, name) && !name.startsWith('kill-');
  if (!isCall && !isOneOf(EVENT_FAULTS, name)) throw unreadable(entry, `expected one of ${names.join(', ')}`);
  const [how = '', where = ''] = value.split(/@(.*)/s);
  const [often = '', duration] = how.split(':');
  if (duration !== undefined && name !== 'delay') throw unreadable(entry, 'only a delay has a duration');
  const words = where.split('+').filter(Boolean);
  const conditions: Conditions = Object.assign({}, ...words.map(conditionOf));
  // A word that is no condition names a service, or a call of it: `dynamodb`, `s3:PutObject`.
  const [target, second] = words.filter((word) => conditionOf(word) === undefined);
  if (second !== undefined) throw unreadable(entry, `expected ${target} or ${second}, in two faults`);
  const common = { text: entry, frequency: frequencyOf(often, entry), conditions };
  if (isOneOf(CALL_FAULTS, name)) {
    const calls = ofResources(callsOf(target, CALL_FAULTS[name], entry), conditions);
    if (calls.length > 0) return { ...common, name, calls };
    throw unreadable(entry, 'dynamodb has tables, s3 has buckets and signed URLs, sqs has queues');
  }
  const sources = sourcesOf(target, name, entry);
  requireEventConditions(conditions, target === 'stream', entry);
  return { ...common, name, sources, delayMs: durationMs(duration ?? DEFAULT_DELAY, entry) };
}

const names = ['seed', 'clock', 'kill', ...Object.keys(CALL_FAULTS), ...Object.keys(EVENT_FAULTS)].filter(
  (name) => !name.startsWith('kill-'),
);

const isOneOf = <T extends object>(table: T, name: string): name is keyof T & string =>
  Object.hasOwn(table, name);

/** The calls of the services that have such resources. */
const ofResources = (calls: readonly string[], { table, bucket, queue, signedUrl }: Conditions) =>
  calls.filter(
    (call) =>
      (table === undefined || call.startsWith('dynamodb:')) &&
      ((bucket === undefined && !signedUrl) || call.startsWith('s3:')) &&
      (queue === undefined || call.startsWith('sqs:')),
  );

function conditionOf(word: string): Conditions | undefined {
  if (word === 'signed-url') return { signedUrl: true };
  const [, kind, name] = /^(function|table|bucket|queue):([\w-]+)$/.exec(word) ?? [];
  return kind === undefined ? undefined : { [kind]: name };
}

/** The calls that `target` names: all possible ones, those of a service (`s3`), or one (`s3:PutObject`). */
function callsOf(target: string | undefined, possible: readonly string[], entry: string): readonly string[] {
  if (target === undefined) return possible;
  const chosen = possible.filter((call) => call === target || call.startsWith(`${target}:`));
  if (chosen.length > 0) return chosen;
  throw unreadable(entry, `${target} is none of its calls: ${possible.join(', ')}`);
}

function sourcesOf(target: string | undefined, name: EventFaultName, entry: string): readonly EventSource[] {
  const possible: readonly EventSource[] = EVENT_FAULTS[name];
  const chosen = possible.filter((source) => target === undefined || source === target);
  if (chosen.length > 0) return chosen;
  const reason = name === 'loss' ? ' (AWS delivers from queues and streams at least once)' : '';
  throw unreadable(entry, `its sources are ${possible.join(', ')}${reason}`);
}

/** A stream is of a table and delivers to functions; all other events go to queues. */
function requireEventConditions(conditions: Conditions, isStream: boolean, entry: string) {
  const possible = isStream ? ['table', 'function'] : ['queue'];
  if (Object.keys(conditions).every((kind) => possible.includes(kind))) return;
  throw unreadable(
    entry,
    'events are restricted by @queue:, those of streams by @stream+table: and @stream+function:',
  );
}

function frequencyOf(text: string, entry: string): Frequency {
  if (/^#[1-9]\d*$/.test(text)) return { nth: Number(text.slice(1)) };
  const probability = Number(text);
  if (/^[\d.]+$/.test(text) && probability <= 1) return { probability };
  throw unreadable(entry, 'expected a probability from 0 to 1, or #<n> for the n-th time only');
}

function durationMs(text: string, entry: string): number {
  const [, count, unit = ''] = /^(\d+)(ms|s|m|h|d)$/.exec(text) ?? [];
  if (count !== undefined) return Number(count) * (UNITS[unit] ?? Number.NaN);
  throw unreadable(entry, 'expected a duration such as 500ms, 5s, 2m, 3h or 4d');
}

function unreadable(entry: string, reason: string): StartError {
  return new StartError(`Cannot read the fault ${JSON.stringify(entry)}: ${reason}. ${FORM}.`);
}
