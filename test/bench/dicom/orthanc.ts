import { existsSync } from 'node:fs';
import { freePort } from '../../../lib/local/free-port.ts';
import { findOrthanc, startOrthanc } from '../../support/start-orthanc.ts';
import { withDataDir } from '../stack.ts';

/** The path in Debian's package `orthanc-dicomweb`. */
const PLUGIN = '/usr/share/orthanc/plugins/libOrthancDicomWeb.so';

export const isOrthancInstalled = (): boolean => findOrthanc() !== undefined && existsSync(PLUGIN);

/**
 * Starts an empty Orthanc on this machine, passes its URL to the work, and removes it and its data
 * afterwards.
 */
export async function withOrthanc<T>(
  work: (orthanc: { url: string; dicomPort: number; version: string; pid: number }) => Promise<T>,
): Promise<T> {
  return withDataDir(async (dataDir) => {
    const dicomPort = await freePort();
    const orthanc = await startOrthanc(dataDir, await freePort(), {
      Name: 'bench',
      Plugins: [PLUGIN],
      AuthenticationEnabled: false,
      DicomServerEnabled: true,
      DicomPort: dicomPort,
      DicomWeb: { Enable: true, Root: '/dicom-web/' },
    });
    try {
      const { url, process } = orthanc;
      const { Version } = (await (await fetch(`${url}/system`)).json()) as { Version: unknown };
      return await work({ url, dicomPort, version: String(Version), pid: process.pid ?? 0 });
    } finally {
      await orthanc.stop();
    }
  });
}
