import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { freePort } from '../../lib/local/free-port.ts';
import { type RunningOrthanc, startOrthanc } from '../support/start-orthanc.ts';

const Journal = z.object({ Changes: z.array(z.object({ ChangeType: z.string() })) });
const USER = { name: 'clinic', password: 'se@me' };

/** A real Orthanc on loopback, with its data in a folder that is deleted with it. */
export class OrthancServer {
  readonly #dir = mkdtempSync(join(tmpdir(), 'orthanc-'));
  #port = 0;
  #running: RunningOrthanc | undefined;

  /** Its URL, with the credentials. */
  get url(): string {
    return `http://${USER.name}:${encodeURIComponent(USER.password)}@127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    this.#port ||= await freePort();
    this.#running = await startOrthanc(this.#dir, this.#port, {
      AuthenticationEnabled: true,
      RegisteredUsers: { [USER.name]: USER.password },
    });
  }

  /** It accepts connections, and does not answer. */
  freeze(): void {
    this.#running?.process.kill('SIGSTOP');
  }

  thaw(): void {
    this.#running?.process.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    await this.#running?.stop();
    this.#running = undefined;
  }

  async end(): Promise<void> {
    await this.stop();
    rmSync(this.#dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  /** The identifiers of the instances that it has. */
  async instances(): Promise<string[]> {
    return z.array(z.string()).parse(await (await this.#get('/instances')).json());
  }

  /** An instance as the original file. */
  async file(id: string): Promise<Buffer> {
    return Buffer.from(await (await this.#get(`/instances/${id}/file`)).arrayBuffer());
  }

  /** How often it has stored an instance since its start. */
  async storedCount(): Promise<number> {
    const { Changes } = Journal.parse(await (await this.#get('/changes?limit=1000')).json());
    return Changes.filter(({ ChangeType }) => ChangeType === 'NewInstance').length;
  }

  #get(path: string): Promise<Response> {
    const authorization = `Basic ${Buffer.from(`${USER.name}:${USER.password}`).toString('base64')}`;
    return fetch(`http://127.0.0.1:${this.#port}${path}`, { headers: { authorization } });
  }
}
