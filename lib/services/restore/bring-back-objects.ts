import type { ErasedImages } from '../../data/images/erased-images.ts';
import type { StoredItems } from '../../data/reconcile/stored-items.ts';
import { DICOM, dicomFileOf, IMAGES, imageIdOfStored } from '../../storage/object-keys.ts';
import type { ObjectVersion, ObjectVersions } from '../../storage/object-versions.ts';

export interface BringBackDeps {
  erasedImages: Pick<ErasedImages, 'forget'>;
  storedItems: Pick<StoredItems, 'statesOfImages' | 'hashesOfInstances'>;
  versions: Pick<ObjectVersions, 'list' | 'remove' | 'copyBack'>;
}

/** Keys whose records are read together. */
const AT_ONCE = 100;

interface Change {
  key: string;
  versions: ObjectVersion[];
}

/**
 * Brings objects back to what they were at a time, if a record needs them: an object that was deleted since loses its delete marker,
 * and of one that was overwritten the earlier version is copied. The service itself never changes these objects. Renditions and other
 * copies that were overwritten stay: they are made of the original.
 *
 * @param deleted UIDs of DICOM studies, series and instances that were deleted since: an erasure may still run
 * @returns the number of objects, whether they were brought back or (`isDryRun`) would be
 */
export async function bringBackObjects(
  since: Date,
  deleted: ReadonlySet<string>,
  { isDryRun, ...deps }: BringBackDeps & { isDryRun: boolean },
): Promise<number> {
  let found = 0;
  for (const prefix of [IMAGES, DICOM]) {
    let changes: Change[] = [];
    const examine = async () => {
      for (const change of await wanted(changes, prefix, deps)) {
        found += 1;
        if (!isDryRun) await bringBack(change, since, deps);
      }
      changes = [];
    };
    for await (const entry of deps.versions.list(prefix)) {
      if (isChanged(entry, since) && !entry.key.split('/').some((part) => deleted.has(part)))
        changes.push(entry);
      if (changes.length === AT_ONCE) await examine();
    }
    await examine();
  }
  return found;
}

/** The version at the time; undefined if there was no object. */
const versionAt = (versions: readonly ObjectVersion[], since: Date) => {
  const found = versions.find(({ modifiedAt }) => modifiedAt < since);
  return found?.etag === undefined ? undefined : found;
};

function isChanged({ key, versions }: Change, since: Date): boolean {
  const [latest] = versions;
  if (!latest || latest.modifiedAt < since) return false;
  // A deleted object comes back also if it was stored after that time.
  if (latest.etag === undefined) return versions.some(({ etag }) => etag !== undefined);
  const before = versionAt(versions, since);
  return before !== undefined && before.etag !== latest.etag && isOriginal(key);
}

const isOriginal = (key: string): boolean =>
  key.startsWith(IMAGES) ? /^images\/[0-9a-f-]{36}\.[a-z]+$/.test(key) : dicomFileOf(key) !== undefined;

/** Those that belong to a record. */
async function wanted(
  changes: readonly Change[],
  prefix: string,
  { storedItems }: BringBackDeps,
): Promise<Change[]> {
  if (prefix === IMAGES) {
    const states = await storedItems.statesOfImages([
      ...new Set(changes.map(({ key }) => imageIdOfStored(key))),
    ]);
    return changes.filter(({ key }) => {
      const state = states.get(imageIdOfStored(key));
      return state !== undefined && state !== 'erased';
    });
  }
  const files = changes.flatMap((change) => {
    const file = dicomFileOf(change.key);
    return file ? [{ change, ...file }] : [];
  });
  const hashes = await storedItems.hashesOfInstances([...new Set(files.map(({ sopUid }) => sopUid))]);
  return files.filter(({ sopUid, sha256 }) => hashes.get(sopUid) === sha256).map(({ change }) => change);
}

async function bringBack({ key, versions }: Change, since: Date, deps: BringBackDeps): Promise<void> {
  const [latest] = versions;
  if (latest?.etag !== undefined) {
    const before = versionAt(versions, since);
    if (before) await deps.versions.copyBack(key, before.id);
    return;
  }
  for (const { id, etag } of versions) {
    if (etag !== undefined) break;
    await deps.versions.remove(key, id);
  }
  // Whoever deletes an item by hand has the stream erase the image, which leaves that mark.
  if (isOriginal(key) && key.startsWith(IMAGES)) await deps.erasedImages.forget(imageIdOfStored(key));
}
