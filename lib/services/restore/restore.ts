import type { ItemCopies } from '../../data/restore/item-copies.ts';
import type { RestoreState } from '../../data/restore/restore-progress.ts';
import type { AuditEvent } from '../../domain/audit/audit-event.ts';
import type { AuditSegments } from '../../storage/audit-segments.ts';
import { type BringBackDeps, bringBackObjects } from './bring-back-objects.ts';
import { changesSince, idsIn } from './changes-since.ts';
import { REPEATED, type RepeatDeps, repeatChanges } from './repeat-changes.ts';
import { deletedIn, STORED_AGAIN, type StoreAgainDeps, type StoredAgain, storeAgain } from './store-again.ts';

export interface RestoreDeps extends RepeatDeps, StoreAgainDeps, BringBackDeps {
  batches: RepeatDeps['batches'] & StoreAgainDeps['batches'];
  bucket: RepeatDeps['bucket'] & StoreAgainDeps['bucket'];
  storedItems: StoreAgainDeps['storedItems'] & BringBackDeps['storedItems'];
  auditSegments: Pick<AuditSegments, 'sealedSince'>;
  copies: Pick<ItemCopies, 'count' | 'isTargetEmpty' | 'copy' | 'resumeChanges'>;
  state: Pick<RestoreState, 'get' | 'set' | 'forgetResponses'>;
  now: () => Date;
}

export interface RestoreOptions {
  /** The table that DynamoDB restored. */
  from: string;
  /** The time of its data. */
  at: Date;
  /** Copy also into a table that has items: those stay as they are. */
  onlyMissing: boolean;
  /** Write units a second, of the table and its indexes together. */
  unitsPerSecond: number;
}

/** What a restore would do. */
export interface RestorePlan {
  items: number;
  /** Why the table of the service can not be filled; undefined if it can. */
  refusal: string | undefined;
  /** The changes since the backup that are done again, and those that are not. */
  repeated: AuditEvent[];
  left: AuditEvent[];
  /** The objects that were deleted or overwritten since, as far as the table knows now. */
  objects: number;
}

/** Clocks of functions and of DynamoDB differ: what was done shortly before the backup is looked at as well. */
const MARGIN_MS = 60_000;
const earlier = (at: Date) => new Date(at.getTime() - MARGIN_MS);

/** Looks what a restore would do, and changes nothing. */
export async function planRestore(options: RestoreOptions, deps: RestoreDeps): Promise<RestorePlan> {
  const { copies, auditSegments, now } = deps;
  const events = await changesSince(auditSegments, earlier(options.at), now());
  const isOpen = isLeft(options.at);
  return {
    items: await copies.count(),
    refusal: await refusalOf(options, deps),
    repeated: events.filter(({ action, outcome }) => outcome === 'success' && REPEATED[action]),
    left: events.filter((event) => isOpen(event) && !(event.outcome === 'success' && REPEATED[event.action])),
    objects: await bringBackObjects(options.at, deletedIn(events), { ...deps, isDryRun: true }),
  };
}

/** Whether people have to look at a change that was not repeated: it was made after the backup, and nothing else brings it back. */
const isLeft =
  (since: Date) =>
  ({ at, action, outcome }: AuditEvent): boolean =>
    Date.parse(at) >= since.getTime() &&
    outcome !== 'denied' &&
    outcome !== 'refused' &&
    !(outcome === 'success' && STORED_AGAIN.includes(action));

async function refusalOf({ from, onlyMissing }: RestoreOptions, { copies, state }: RestoreDeps) {
  if (onlyMissing || (await state.get(from)) || (await copies.isTargetEmpty())) return undefined;
  return 'The table of the service has items. With --only-missing they stay as they are, and what is missing is copied.';
}

export interface Restored extends StoredAgain {
  items: number;
  resumed: number;
  objects: number;
  repeated: AuditEvent[];
  left: AuditEvent[];
}

/**
 * Makes the data of a restored table, and the objects in S3, those of the service again. Each step can be repeated: a run that was
 * interrupted continues where it was.
 *
 * @param onProgress hears of each page of copied items
 * @throws Error if the table of the service has items that are not of an earlier run
 */
export async function restore(
  options: RestoreOptions,
  deps: RestoreDeps,
  onProgress: (items: number) => void = () => {},
): Promise<Restored> {
  const { copies, state, auditSegments, now } = deps;
  const refusal = await refusalOf(options, deps);
  if (refusal) throw new Error(refusal);
  const events = await changesSince(auditSegments, earlier(options.at), now());
  const items = await copyItems(options, events, deps, onProgress);
  const resumed = await copies.resumeChanges(now());
  await state.forgetResponses();
  // Before objects are brought back: that those of an image are gone says that it was erased.
  const { repeated, left } = await repeatChanges(events, deps);
  const objects = await bringBackObjects(options.at, deletedIn(events), { ...deps, isDryRun: false });
  const again = await storeAgain(events, deps);
  return { items, resumed, objects, repeated, left: left.filter(isLeft(options.at)), ...again };
}

async function copyItems(
  { from, unitsPerSecond }: RestoreOptions,
  events: readonly AuditEvent[],
  { copies, state, now }: RestoreDeps,
  onProgress: (items: number) => void,
): Promise<number> {
  const known = (await state.get(from)) ?? { from, isCopied: false };
  if (known.isCopied) return 0;
  await state.set(known);
  const keep = keepRestored(events, now());
  let items = 0;
  for await (const { written, last } of copies.copy(known.item, unitsPerSecond, keep)) {
    items += written;
    await state.set({ from, item: last, isCopied: last === undefined });
    onProgress(items);
  }
  return items;
}

/** Enough for the restore itself. */
const KEPT_SECONDS = 7 * 86_400;

/**
 * A deletion that somebody took back after the backup must not end before the restore does it again: DynamoDB removes items whose time
 * to live has passed. Others keep theirs, so that what was to be erased meanwhile is erased, with its objects.
 */
function keepRestored(events: readonly AuditEvent[], now: Date) {
  const idsOf = (action: string, kind: string) =>
    events.filter((event) => event.action === action).flatMap((event) => idsIn(event, kind));
  const batches = new Set(idsOf('restore-batch', 'batch'));
  const images = new Set(idsOf('restore-image', 'image'));
  const dicom = events.filter(({ action }) => action === 'restore-instances').map(({ path }) => path);
  return (item: Record<string, unknown>) => {
    const isKept =
      images.has(String(item.id)) ||
      batches.has(String(item.deletedWith ?? item.id)) ||
      (item.sk === 'DELETION' && dicom.some((path) => path.includes(String(item.studyUid))));
    if (!isKept || item.expiresAt === undefined) return item;
    const until = Math.ceil(now.getTime() / 1000) + KEPT_SECONDS;
    return { ...item, expiresAt: Math.max(Number(item.expiresAt), until) };
  };
}
