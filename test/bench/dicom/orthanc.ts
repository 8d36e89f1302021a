import { existsSync } from 'node:fs';
import { freePort } from '../../../lib/local/free-port.ts';
import { findOrthanc, startOrthanc } from '../../support/start-orthanc.ts';
import { withDataDir } from '../stack.ts';

/** Where Debian's package `orthanc-dicomweb` puts it. */
const PLUGIN = '/usr/share/orthanc/plugins/libOrthancDicomWeb.so';

export const isOrthancInstalled = (): boolean => findOrthanc() !== undefined && existsSync(PLUGIN);

/** Gives the URL of an empty Orthanc on this machine to the work, and takes it and its data away afterwards. */
export async function withOrthanc<T>(
  work: (orthanc: { url: string; version: string; pid: number }) => Promise<T>,
): Promise<T> {
  return withDataDir(async (dataDir) => {
    const orthanc = await startOrthanc(dataDir, await freePort(), {
      Name: 'bench',
      Plugins: [PLUGIN],
      AuthenticationEnabled: false,
      DicomWeb: { Enable: true, Root: '/dicom-web/' },
    });
    try {
      const { url, process } = orthanc;
      const { Version } = (await (await fetch(`${url}/system`)).json()) as { Version: unknown };
      return await work({ url, version: String(Version), pid: process.pid ?? 0 });
    } finally {
      await orthanc.stop();
    }
  });
}
