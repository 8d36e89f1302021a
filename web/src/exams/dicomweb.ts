import { ApiError, errorOf } from '../api/api-error.ts';
import { authorizedFetch } from '../api/client.ts';
import { text } from '../messages/text.ts';
import { type Attributes, isDataSets } from './dicom-json.ts';

/** The resource of a DICOMweb path. */
export interface InstancePath {
  study: string;
  series: string;
  instance: string;
}

export const studyPath = (study: string): string => `/dicom-web/studies/${study}`;
export const seriesPath = (study: string, series: string): string => `${studyPath(study)}/series/${series}`;
export const instancePath = ({ study, series, instance }: InstancePath): string =>
  `${seriesPath(study, series)}/instances/${instance}`;

/** The path of a rendered frame, lossless. Frames are numbered from 1. */
export const renderedPath = (path: InstancePath, frame: number): string =>
  `${instancePath(path)}/frames/${frame}/rendered?accept=image/png`;

/** Loads the data sets of a DICOMweb path; empty for 204. */
export async function readDataSets(path: string, signal?: AbortSignal): Promise<Attributes[]> {
  const response = await authorizedFetch(path, {
    headers: { accept: 'application/dicom+json' },
    signal: signal ?? null,
  });
  if (response.status === 204) return [];
  if (response.status !== 200) throw await errorOf(response);
  const body: unknown = await response.json();
  if (!isDataSets(body)) throw new ApiError(response.status, text('exams.bad-list'));
  return body;
}

/** Loads the bytes of a DICOMweb path: a frame's samples or bulk data, decoded, in little endian. */
export async function readOctets(path: string, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  const response = await authorizedFetch(path, {
    headers: { accept: 'application/octet-stream' },
    signal: signal ?? null,
  });
  if (response.status !== 200) throw await errorOf(response);
  return new Uint8Array(await response.arrayBuffer());
}
