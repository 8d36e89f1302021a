import { allKeysOf, DICOM, dicomFileOf, IMAGES, imageIdOfStored } from '../../storage/object-keys.ts';
import type { ListedObject } from '../../storage/objects.ts';
import type { Run } from './run.ts';

/** Objects are written before their items, by a request that lasts 15 minutes at most. */
const WRITTEN_WITHIN_MS = 24 * 3_600_000;

/**
 * Examines whether each stored object has a record, beginning after an object.
 *
 * @returns the last object that was examined, undefined after the last one of all
 */
export async function reconcileObjects(run: Run, after: string | undefined): Promise<string | undefined> {
  const prefixes = [DICOM, IMAGES].filter((prefix) => after === undefined || after < `${prefix}~`);
  for (const prefix of prefixes) {
    const start = after?.startsWith(prefix) ? after : undefined;
    for await (const page of run.bucket.list(prefix, start)) {
      const old = page.filter(
        ({ modifiedAt }) => run.now().getTime() - modifiedAt.getTime() > WRITTEN_WITHIN_MS,
      );
      await run.findings.examine(prefix, () =>
        prefix === DICOM ? examineDicom(run, old) : examineImages(run, old),
      );
      if (run.isOver()) return page.at(-1)?.key;
    }
  }
  return undefined;
}

async function examineImages(run: Run, objects: readonly ListedObject[]): Promise<void> {
  const { bucket, findings, storedItems, deletesOrphans } = run;
  const ids = [...new Set(objects.map(({ key }) => imageIdOfStored(key)))];
  const states = await storedItems.statesOfImages(ids);
  for (const id of ids) {
    const erase = () => bucket.delete(allKeysOf({ id }));
    if (states.get(id) === 'erased') await findings.add('erasedObject', `image ${id}`, erase);
    else if (!states.has(id))
      await findings.add('unknownObject', `image ${id}`, deletesOrphans ? erase : undefined);
  }
}

async function examineDicom(run: Run, objects: readonly ListedObject[]): Promise<void> {
  const { bucket, findings, storedItems, deletesOrphans } = run;
  const files = objects.flatMap(({ key }) => dicomFileOf(key) ?? []);
  const hashes = await storedItems.hashesOfInstances([...new Set(files.map(({ sopUid }) => sopUid))]);
  const orphans = files.filter(({ sopUid, sha256 }) => hashes.get(sopUid) !== sha256);
  for (const { key } of orphans) {
    const erase = () => bucket.delete([key]);
    await findings.add('unknownObject', key, deletesOrphans ? erase : undefined);
  }
}
