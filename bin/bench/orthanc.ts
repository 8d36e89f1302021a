import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withDataDir } from './stack.ts';

/** Where Debian's packages `orthanc` and `orthanc-dicomweb` put them. */
const PROGRAM = '/usr/sbin/Orthanc';
const PLUGIN = '/usr/share/orthanc/plugins/libOrthancDicomWeb.so';
const START_MS = 20_000;

export const isOrthancInstalled = (): boolean => existsSync(PROGRAM) && existsSync(PLUGIN);

/** Gives the URL of an empty Orthanc on this machine to the work, and takes it and its data away afterwards. */
export async function withOrthanc<T>(
  work: (orthanc: { url: string; version: string; pid: number }) => Promise<T>,
): Promise<T> {
  return withDataDir(async (dataDir) => {
    const port = await freePort();
    const config = path.join(dataDir, 'orthanc.json');
    const settings = {
      Name: 'bench',
      StorageDirectory: path.join(dataDir, 'storage'),
      IndexDirectory: path.join(dataDir, 'index'),
      Plugins: [PLUGIN],
      HttpPort: port,
      RemoteAccessAllowed: false,
      AuthenticationEnabled: false,
      DicomServerEnabled: false,
      DicomWeb: { Enable: true, Root: '/dicom-web/' },
    };
    writeFileSync(config, JSON.stringify(settings));
    const child = spawn(PROGRAM, [config], { stdio: 'ignore' });
    const gone = once(child, 'exit');
    // However this process ends, that one does not outlive it.
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    try {
      const url = `http://127.0.0.1:${port}`;
      return await work({ url, version: await versionOf(url), pid: child.pid ?? 0 });
    } finally {
      kill();
      await gone;
      process.off('exit', kill);
    }
  });
}

async function versionOf(url: string): Promise<string> {
  const deadline = Date.now() + START_MS;
  for (;;) {
    const response = await fetch(`${url}/system`).catch(() => undefined);
    if (response?.ok) return String(((await response.json()) as { Version: unknown }).Version);
    if (Date.now() > deadline) throw new Error(`Orthanc does not answer within ${START_MS / 1000} s`);
    await sleep(100);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}
