import path from 'node:path';
import { isOhifInstalled, servedOhif } from '../../../clients/support/ohif-files.ts';
import { serveFiles } from '../../../clients/support/serve-files.ts';
import { synthesizeWith } from '../../../support/synthesize-with.ts';
import { withDataDir } from '../../stack.ts';

/** OHIF at an origin of its own. */
export interface Ohif {
  origin: string;
  /** Tells it where the service is. */
  connect(serviceUrl: string): void;
}

/**
 * Serves OHIF, if it is installed, and passes it and the service that lets it in to the work.
 *
 * @param cdkOut the service without it
 */
export async function withOhif<T>(
  cdkOut: string,
  work: (cdkOut: string, ohif: Ohif | undefined) => Promise<T>,
): Promise<T> {
  if (!isOhifInstalled()) return work(cdkOut, undefined);
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
