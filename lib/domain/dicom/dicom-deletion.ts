import * as z from 'zod';
import type { Deletion } from '../deletion.ts';
import { epochSeconds } from '../epoch-seconds.ts';
import { Id, Subject, Timestamp } from '../identifiers.ts';
import { type DicomPath, DicomUid } from './uids.ts';

/** The deletion of a study, of a series or of an instance. As long as it exists, it can be undone. */
export const DicomDeletion = z.object({
  id: Id,
  studyUid: DicomUid,
  /** Undefined if the whole study is deleted. */
  seriesUid: DicomUid.optional(),
  /** Undefined if a study or a whole series is deleted. */
  sopUid: DicomUid.optional(),
  deletedAt: Timestamp,
  deletedBy: Subject,
  /** Seconds since 1970. */
  expiresAt: z.int(),
});
export type DicomDeletion = z.infer<typeof DicomDeletion>;

export const newDicomDeletion = (
  { study, series, instance }: DicomPath,
  { by, at, until }: Deletion,
  id: string,
): DicomDeletion => ({
  id,
  studyUid: study,
  seriesUid: series,
  sopUid: instance,
  deletedAt: at.toISOString(),
  deletedBy: by,
  expiresAt: epochSeconds(until),
});

/** The study, series or instance that is deleted. */
export const deletedPath = ({ studyUid, seriesUid, sopUid }: DicomDeletion): DicomPath => ({
  study: studyUid,
  series: seriesUid,
  instance: sopUid,
});

/** What a path identifies. */
export const levelOf = ({ series, instance }: DicomPath): 'study' | 'series' | 'instance' => {
  if (instance !== undefined) return 'instance';
  return series === undefined ? 'study' : 'series';
};

/** The resource of a path, for checks of access. */
export const resourceAt = (path: DicomPath, study: { patientId: string | null } | undefined) =>
  study && { id: path[levelOf(path)], patientId: study.patientId };
