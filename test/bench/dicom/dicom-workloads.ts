import http from 'node:http';
import { milliseconds } from '../measure.ts';
import { cpuTimeOf } from '../processes.ts';
import { STUDIES_OF_PATIENT } from './archive-of-studies.ts';
import { ctSlice } from './dicom-file.ts';

/** A server that speaks DICOMweb. */
export interface DicomSide {
  /** The root of DICOMweb. */
  url: string;
  pid: number;
  headers: Record<string, string>;
  /** The number of studies for searches, as `sliceOf` makes them. */
  studies: number;
}

export interface DicomRequest {
  path: string;
  accept?: string;
  /** A body to be stored; a request without a body is a GET. */
  related?: Buffer;
}

/** One kind of request, with other data at each call. */
export interface DicomWorkload {
  /** Requests that run at the same time. */
  atOnce: number;
  request(index: number, side: DicomSide): DicomRequest;
  /** The number of results in the JSON of an answer. */
  results?: number;
  /** Must run first: no earlier request may do the same work. */
  isFirst?: true;
  /** Exactly this number of requests: some seconds later they would be of another kind. */
  only?: number;
}

const BOUNDARY = 'part';
const STUDY = '2.25.77';
const SERIES = `${STUDY}.1`;
const seriesPath = `/studies/${STUDY}/series/${SERIES}`;
const JSON_TYPE = 'application/dicom+json';

/** The measured requests: the series is stored at first, and then read. */
export function dicomWorkloads({ instances, side }: { instances: number; side: number }) {
  const uid = (index: number) => `${SERIES}.${(index % instances) + 1}`;
  const metadata: DicomWorkload = {
    atOnce: 1,
    request: () => ({ path: `/studies/${STUDY}/metadata`, accept: JSON_TYPE }),
    results: instances,
  };
  return {
    store: {
      isFirst: true,
      atOnce: 4,
      request: (index) => ({
        path: '/studies',
        accept: JSON_TYPE,
        related: related(ctSlice({ ...names, sopUid: uid(index), number: index + 1 }, side)),
      }),
    },
    'metadata of a study just stored': { ...metadata, isFirst: true, only: 3 },
    'get an instance': {
      atOnce: 4,
      request: (index) => ({
        path: `${seriesPath}/instances/${uid(index)}`,
        accept: 'multipart/related; type="application/dicom"',
      }),
    },
    rendered: {
      atOnce: 4,
      request: (index) => ({ path: `${seriesPath}/instances/${uid(index)}/rendered`, accept: 'image/jpeg' }),
    },
    'studies of a patient': {
      atOnce: 4,
      request: (index, { studies }) => ({
        path: `/studies?PatientID=Q-${(index * 7919) % Math.ceil(studies / STUDIES_OF_PATIENT)}`,
        accept: JSON_TYPE,
      }),
      results: STUDIES_OF_PATIENT,
    },
    'metadata of a study at rest': metadata,
  } satisfies Record<string, DicomWorkload>;
}

const names = { studyUid: STUDY, seriesUid: SERIES, patientId: 'P-1001' };

const related = (file: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(`--${BOUNDARY}\r\ncontent-type: application/dicom\r\n\r\n`),
    file,
    Buffer.from(`\r\n--${BOUNDARY}--`),
  ]);

/**
 * Sends this number of requests; returns the requests in a second, the milliseconds of each, and the CPU time of the
 * server for each.
 *
 * @throws Error if an answer is not the expected one
 */
export async function perform(work: DicomWorkload, side: DicomSide, indexes: readonly number[]) {
  const requests = indexes.map((index) => work.request(index, side));
  const agent = new http.Agent({ keepAlive: true, maxSockets: work.atOnce });
  const times: number[] = [];
  const waiting = requests.values();
  const client = async () => {
    for (const request of waiting) {
      times.push(await milliseconds(() => ask(side, request, agent, work.results)));
    }
  };
  const before = cpuTimeOf(side.pid);
  const all = await milliseconds(() => Promise.all(Array.from({ length: work.atOnce }, client)));
  const after = cpuTimeOf(side.pid);
  agent.destroy();
  return {
    perSecond: (requests.length / all) * 1000,
    times,
    cpuMs: (after.allMs - before.allMs) / requests.length,
    functionsCpuMs: (after.functionsMs - before.functionsMs) / requests.length,
  };
}

/** Sends a request, and reads the answer to its end. */
function ask(side: DicomSide, { path, accept, related }: DicomRequest, agent: http.Agent, results?: number) {
  const headers = {
    ...side.headers,
    accept,
    ...(related && {
      'content-type': `multipart/related; type="application/dicom"; boundary=${BOUNDARY}`,
      'content-length': related.length,
    }),
  };
  return new Promise<void>((resolve, reject) => {
    const method = related ? 'POST' : 'GET';
    const request = http.request(`${side.url}${path}`, { method, agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('error', reject).on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = () => Buffer.concat(chunks).toString();
        if (response.statusCode !== 200) reject(new Error(`${path}: ${response.statusCode} ${text()}`));
        else if (results !== undefined && JSON.parse(text()).length !== results)
          reject(new Error(`${path}: expected ${results} results`));
        else resolve();
      });
    });
    request.on('error', reject).end(related);
  });
}
