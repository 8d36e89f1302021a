import { Readable } from 'node:stream';
import type { Exports } from '../../data/exports.ts';
import { STALE_SECONDS } from '../../data/exports.ts';
import type { Held, Holdings } from '../../data/holdings.ts';
import { requireArchiveRoom } from '../../domain/exports/export.ts';
import type { Limits } from '../../domain/limits/limits.ts';

export interface RoomDeps {
  exports: Pick<Exports, 'get'>;
  heldArchives: Pick<Holdings, 'add' | 'remove'>;
  limits: Limits;
  now: () => Date;
}

/** The prefix of the ids of archives that are streamed. Others are the ids of exports. */
const STREAMED = 'stream-';

/** How long room is taken for an export that is not in the table yet. */
const BEGINNING_SECONDS = 10;

/**
 * Takes room for a person's archive. Nothing gives back the room of an export: only if there is no room left, those that
 * have ended are looked for.
 *
 * @param seconds how long the room is taken, if it is not given back
 * @throws DomainError TOO_MANY_REQUESTS
 */
async function takeRoom(person: string, id: string, seconds: number, deps: RoomDeps): Promise<void> {
  const { exports, heldArchives, limits, now } = deps;
  const started = now();
  const held = await heldArchives.add(person, id, new Date(started.getTime() + seconds * 1000), started);
  const others = held.filter((each) => each.id !== id);
  if (others.length < limits.archivesAtOnce) return;
  const isBeingMade = await Promise.all(others.map((each) => isOfUse(each, exports, started)));
  await heldArchives.remove(
    person,
    others.flatMap((each, index) => (isBeingMade[index] ? [] : [each.id])),
  );
  try {
    requireArchiveRoom(isBeingMade.filter(Boolean).length, limits);
  } catch (error) {
    await heldArchives.remove(person, [id]);
    throw error;
  }
}

async function isOfUse({ id, at, until }: Held, exports: RoomDeps['exports'], now: Date): Promise<boolean> {
  if (id.startsWith(STREAMED)) return true;
  const found = await exports.get(id, now);
  if (!found) return until - at <= BEGINNING_SECONDS * 1000;
  return found.status === 'waiting' || found.status === 'running';
}

/**
 * Takes room for an export that is about to begin. Once it has begun, `keepRoomForExport` keeps it.
 *
 * @throws DomainError TOO_MANY_REQUESTS
 */
export const takeRoomForExport = (person: string, exportId: string, deps: RoomDeps): Promise<void> =>
  takeRoom(person, exportId, BEGINNING_SECONDS, deps);

/** Keeps the room of an export that has begun, as long as it is being made. */
export async function keepRoomForExport(
  person: string,
  exportId: string,
  { heldArchives, now }: Pick<RoomDeps, 'heldArchives' | 'now'>,
): Promise<void> {
  const begun = now();
  await heldArchives.add(person, exportId, new Date(begun.getTime() + STALE_SECONDS * 1000), begun);
}

/**
 * Takes room for an archive that is streamed. Returns a function that gives it back after the last byte, but before the end
 * of the stream: after that, Lambda may freeze the function.
 *
 * @param seconds how long the function that streams it may run
 * @throws DomainError TOO_MANY_REQUESTS
 */
export async function takeRoomForStream(
  person: string,
  seconds: number,
  deps: RoomDeps & { newId: () => string },
): Promise<(archive: Readable) => Readable> {
  const id = `${STREAMED}${deps.newId()}`;
  await takeRoom(person, id, seconds, deps);
  async function* givingBack(archive: Readable) {
    try {
      yield* archive;
    } finally {
      // If it fails, the room is taken no longer than the function may run.
      await deps.heldArchives.remove(person, [id]).catch(() => undefined);
    }
  }
  return (archive) => Readable.from(givingBack(archive), { objectMode: false });
}
