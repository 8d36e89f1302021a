import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../lib/local/free-port.ts';
import type { useOwnStack } from '../support/own-stack.ts';
import { until } from '../support/service.ts';

const PROGRAM = join(import.meta.dirname, '..', '..', 'bin', 'negatoscope.ts');
const run = promisify(execFile);

/** A gateway as its own process, with its files in a folder that is deleted with it. */
export class RunningGateway {
  readonly folder = mkdtempSync(join(tmpdir(), 'gateway-'));
  readonly settings: Record<string, unknown>;
  readonly #env: Record<string, string>;
  port = 0;
  statusPort = 0;
  log = '';
  #process: ChildProcess | undefined;

  /** @param env the credential */
  constructor(settings: Record<string, unknown>, env: Record<string, string>) {
    this.settings = settings;
    this.#env = env;
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  async start(): Promise<void> {
    this.port ||= await freePort();
    this.statusPort ||= await freePort();
    const file = join(this.folder, 'settings.json');
    const settings = {
      aeTitle: 'GATEWAY',
      host: '127.0.0.1',
      port: this.port,
      statusPort: this.statusPort,
      peers: [{ aeTitle: 'MODALITY' }],
      spool: { folder: 'spool' },
      ...this.settings,
    };
    writeFileSync(file, JSON.stringify(settings));
    const child = spawn(process.execPath, [PROGRAM, 'gateway', file], {
      env: { PATH: process.env.PATH, ...this.#env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#process = child;
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    child.once('exit', () => process.off('exit', kill));
    const before = this.log.length;
    child.stderr.on('data', (text) => {
      this.log += text;
    });
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`the gateway ended: ${this.log}`);
      return this.log.slice(before).includes('listens at');
    });
  }

  /** @returns the exit code */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const child = this.#process;
    if (!child || child.exitCode !== null) return child?.exitCode ?? null;
    child.kill(signal);
    const [code] = await once(child, 'exit');
    return code;
  }

  /** Ends it and deletes its files. */
  async delete(): Promise<void> {
    await this.end('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The names of the files in a folder of the spool, without the empty ones that the gateway keeps ready. */
  spooled(folder: 'incoming' | 'waiting' | 'refused' | 'commitments'): string[] {
    const all = join(this.folder, 'spool', folder);
    // The gateway may delete a file between the list and its size.
    const size = (name: string) => statSync(join(all, name), { throwIfNoEntry: false })?.size ?? 0;
    return readdirSync(all).filter((name) => size(name) > 0);
  }

  /** A resource of the status page. */
  status(path: string): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.statusPort}${path}`);
  }

  /** Runs a program of dcmtk as the modality, its files last. Returns what it prints; throws if it fails. */
  async dcmtk(program: string, ...args: string[]): Promise<string> {
    // The files come last; options have paths, too.
    const first = args.findLastIndex((arg) => !arg.startsWith('/')) + 1;
    const [options, files] = [args.slice(0, first), args.slice(first)];
    const own = ['-aet', 'MODALITY', '-aec', 'GATEWAY', ...options, '127.0.0.1', `${this.port}`, ...files];
    try {
      const { stdout, stderr } = await run(program, own, { maxBuffer: 2 ** 26 });
      return stdout + stderr;
    } catch (error) {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
      throw new Error(`${program}: ${stdout}${stderr}`);
    }
  }
}

/** The credential of a gateway that a clinic would make: an API key with these scopes. */
export async function keyWith(service: ReturnType<typeof useOwnStack>, ...scopes: string[]) {
  const admin = await service.as('admin');
  const { key } = await admin.json('POST', '/api/v2/keys', 201, { name: 'Gateway', scopes });
  return { NEGATOSCOPE_API_KEY: String(key) };
}
