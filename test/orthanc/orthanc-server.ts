import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import * as z from 'zod';
import { until } from '../support/service.ts';

const Journal = z.object({ Changes: z.array(z.object({ ChangeType: z.string() })) });
const USER = { name: 'clinic', password: 'se@me' };

/** A real Orthanc on loopback, with what it keeps in a folder that goes with it. */
export class OrthancServer {
  readonly #dir = mkdtempSync(join(tmpdir(), 'orthanc-'));
  #port = 0;
  #process: ChildProcess | undefined;

  /** Where it is, with who signs in there. */
  get url(): string {
    return `http://${USER.name}:${encodeURIComponent(USER.password)}@127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    this.#port ||= await freePort();
    const configuration = join(this.#dir, 'orthanc.json');
    writeFileSync(
      configuration,
      JSON.stringify({
        StorageDirectory: join(this.#dir, 'storage'),
        IndexDirectory: join(this.#dir, 'storage'),
        HttpPort: this.#port,
        DicomServerEnabled: false,
        RemoteAccessAllowed: false,
        AuthenticationEnabled: true,
        RegisteredUsers: { [USER.name]: USER.password },
        Plugins: [],
      }),
    );
    this.#process = spawn(program(), [configuration], { stdio: 'ignore' });
    await until(async () => (await this.#get('/system').catch(() => undefined))?.ok);
  }

  /** It takes what comes, and says nothing. */
  freeze(): void {
    this.#process?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#process?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const exited = once(running, 'exit');
    running.kill('SIGKILL');
    await exited;
  }

  async end(): Promise<void> {
    await this.stop();
    rmSync(this.#dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  /** The identifiers of the instances that it has. */
  async instances(): Promise<string[]> {
    return z.array(z.string()).parse(await (await this.#get('/instances')).json());
  }

  /** An instance as the file that it was. */
  async file(id: string): Promise<Buffer> {
    return Buffer.from(await (await this.#get(`/instances/${id}/file`)).arrayBuffer());
  }

  /** How often it has stored an instance since it began. */
  async storedCount(): Promise<number> {
    const { Changes } = Journal.parse(await (await this.#get('/changes?limit=1000')).json());
    return Changes.filter(({ ChangeType }) => ChangeType === 'NewInstance').length;
  }

  #get(path: string): Promise<Response> {
    const authorization = `Basic ${Buffer.from(`${USER.name}:${USER.password}`).toString('base64')}`;
    return fetch(`http://127.0.0.1:${this.#port}${path}`, { headers: { authorization } });
  }
}

/** Debian's; there is nothing to test without it. */
function program(): string {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'];
  const found = folders
    .map((folder) => join(folder, 'Orthanc'))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
  if (found) return found;
  throw new Error('The program Orthanc is not installed: on Debian, apt-get install orthanc brings it.');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address === 'object' && address) return address.port;
  throw new Error('there is no free port');
}
