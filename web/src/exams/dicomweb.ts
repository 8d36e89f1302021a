import { ApiError, errorOf } from '../api/api-error.ts';
import { authorizedFetch } from '../api/client.ts';
import { type Attributes, isDataSets } from './dicom-json.ts';

/** What a path of DICOMweb names. */
export interface InstancePath {
  study: string;
  series: string;
  instance: string;
}

export const studyPath = (study: string): string => `/dicom-web/studies/${study}`;
export const seriesPath = (study: string, series: string): string => `${studyPath(study)}/series/${series}`;
export const instancePath = ({ study, series, instance }: InstancePath): string =>
  `${seriesPath(study, series)}/instances/${instance}`;

/** A frame as the service draws it, without loss; frames are counted from 1. */
export const renderedPath = (path: InstancePath, frame: number): string =>
  `${instancePath(path)}/frames/${frame}/rendered?accept=image/png`;

/** The data sets at a path of DICOMweb; none where the service says that there is no content. */
export async function readDataSets(path: string, signal?: AbortSignal): Promise<Attributes[]> {
  const response = await authorizedFetch(path, {
    headers: { accept: 'application/dicom+json' },
    signal: signal ?? null,
  });
  if (response.status === 204) return [];
  if (response.status !== 200) throw await errorOf(response);
  const body: unknown = await response.json();
  if (!isDataSets(body)) throw new ApiError(response.status, 'The service gave no list of data sets.');
  return body;
}

/** Bytes at a path of DICOMweb: a frame's samples or a bulk value, decoded and in little endian. */
export async function readOctets(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await authorizedFetch(path, {
    headers: { accept: 'application/octet-stream' },
  });
  if (response.status !== 200) throw await errorOf(response);
  return new Uint8Array(await response.arrayBuffer());
}
