import path from 'node:path';
import { servedOhif, servedOhifOf } from '../../clients/support/ohif-files.ts';
import { serveFiles } from '../../clients/support/serve-files.ts';
import { synthesizeWith } from '../../support/synthesize-with.ts';
import { isOrthancInstalled, withOrthanc } from '../dicom/orthanc.ts';
import { withDataDir } from '../stack.ts';
import { type NumberedSeries, objectsOfSeries } from './numbered-series.ts';
import { openOhifViewer, type Viewer } from './viewer.ts';

/** OHIF at an origin of its own. */
export interface Ohif {
  origin: string;
  /** Tells it where the service is. */
  connect(serviceUrl: string): void;
}

/**
 * Serves OHIF, and passes it and the service that lets it in to the work.
 *
 * @param work gets CDK's output directory of that service
 */
export async function withOhif<T>(work: (cdkOut: string, ohif: Ohif) => Promise<T>): Promise<T> {
  let address = '';
  const { origin, close } = await serveFiles(() => servedOhif(address));
  const connect = (serviceUrl: string) => {
    address = serviceUrl;
  };
  try {
    return await withDataDir((folder) =>
      work(synthesizeWith({ ohifUrl: origin }, path.join(folder, 'cdk.out')), { origin, connect }),
    );
  } finally {
    close();
  }
}

/** OHIF on an Orthanc. */
export interface OhifOnOrthanc {
  viewer: Viewer;
  /** Of Orthanc. */
  version: string;
}

/** Stores a series in an Orthanc, if one is installed, and passes OHIF on its DICOMweb to the work. */
export async function withOhifOnOrthanc<T>(
  series: NumberedSeries,
  work: (ohif: OhifOnOrthanc | undefined) => Promise<T>,
): Promise<T> {
  if (!isOrthancInstalled()) return work(undefined);
  return withOrthanc(async ({ url, version }) => {
    for (const { Body, ContentType } of objectsOfSeries(series)) {
      if (ContentType !== 'application/dicom') continue;
      const body = Body as Buffer<ArrayBuffer>;
      const { ok, status } = await fetch(`${url}/instances`, { method: 'POST', body });
      if (!ok) throw new Error(`Orthanc answered ${status} to a slice`);
    }
    const { origin, close } = await serveFiles(() => servedOhifOf(url));
    try {
      return await work({ viewer: openOhifViewer(origin), version });
    } finally {
      close();
    }
  });
}
