import type { Image } from './image.ts';
import { isBeingChecked } from './image-status.ts';

/** The uploads of one person into one batch or case on one day. */
export interface UploadGroup {
  kind: 'batch' | 'case' | 'record';
  /** The batch or the case; of an image that is in neither, the image. */
  id: string;
  patientId: string | undefined;
  uploadedBy: string;
  source: Image['source'];
  images: number;
  /** Whose bytes have not arrived or are being checked. */
  pending: number;
  /** Which were refused, could not be checked, or never arrived. */
  refused: number;
  lastAt: string;
}

/** Groups uploads: a visit of 40 photographs is one line. Images in neither batch nor case are grouped by their patient. */
export function groupUploads(images: Iterable<Image>): UploadGroup[] {
  const groups = new Map<string, UploadGroup>();
  for (const image of images) {
    const { patientId, uploadedBy, source } = image;
    const [kind, id] = placeOf(image);
    const key = `${kind} ${kind === 'record' ? (patientId ?? id) : id} ${uploadedBy}`;
    const group = groups.get(key) ?? {
      ...{ kind, id, patientId, uploadedBy, source },
      ...{ images: 0, pending: 0, refused: 0, lastAt: image.uploadedAt },
    };
    const isPending = isBeingChecked(image);
    group.images += 1;
    group.pending += isPending ? 1 : 0;
    group.refused += isPending || image.status === 'ready' ? 0 : 1;
    if (image.uploadedAt > group.lastAt) group.lastAt = image.uploadedAt;
    groups.set(key, group);
  }
  return [...groups.values()].sort((one, other) => Date.parse(other.lastAt) - Date.parse(one.lastAt));
}

function placeOf({ id, batchId, caseId }: Image): [UploadGroup['kind'], string] {
  if (batchId !== undefined) return ['batch', batchId];
  return caseId === undefined ? ['record', id] : ['case', caseId];
}
