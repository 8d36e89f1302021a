import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const START_MS = 20_000;

/** An Orthanc server on loopback. */
export interface RunningOrthanc {
  url: string;
  process: ChildProcess;
  stop(): Promise<void>;
}

/** Starts Orthanc with its own settings, and with its storage in the directory. */
export async function startOrthanc(
  folder: string,
  port: number,
  settings: Record<string, unknown>,
): Promise<RunningOrthanc> {
  const program = findOrthanc();
  if (!program) {
    throw new Error('The program Orthanc is not installed: on Debian, apt-get install orthanc brings it.');
  }
  const configuration = path.join(folder, 'orthanc.json');
  writeFileSync(
    configuration,
    JSON.stringify({
      StorageDirectory: path.join(folder, 'storage'),
      IndexDirectory: path.join(folder, 'index'),
      HttpPort: port,
      RemoteAccessAllowed: false,
      DicomServerEnabled: false,
      Plugins: [],
      ...settings,
    }),
  );
  // Without this, TCP holds back the end of each instance for 40 ms.
  const env = { ...process.env, TCP_NODELAY: '1' };
  const child = spawn(program, [configuration], { stdio: 'ignore', env });
  const gone = once(child, 'exit');
  // Orthanc ends with this process, however it ends.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async () => {
    kill();
    await gone;
    process.off('exit', kill);
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    await untilAnswered(url);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, process: child, stop };
}

/** Any response is sufficient: with authentication, it is an error. */
async function untilAnswered(url: string): Promise<void> {
  const deadline = Date.now() + START_MS;
  for (;;) {
    const response = await fetch(`${url}/system`).catch(() => undefined);
    await response?.body?.cancel();
    if (response) return;
    if (Date.now() > deadline) throw new Error(`Orthanc does not answer within ${START_MS / 1000} s`);
    await sleep(100);
  }
}

/** The path of the executable; Debian's package installs it in a directory that is not in every user's PATH. */
export function findOrthanc(): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin'];
  return folders.map((folder) => path.join(folder, 'Orthanc')).find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
