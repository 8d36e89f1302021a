import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { until } from '../support/service.ts';

/** dcmtk's storescp, which writes what it receives into a folder as it was received. */
export class StoreScp {
  readonly folder: string;
  readonly #process: ChildProcess;

  private constructor(folder: string, process: ChildProcess) {
    this.folder = folder;
    this.#process = process;
  }

  static async start(folder: string, port: number, ...options: string[]): Promise<StoreScp> {
    mkdirSync(folder, { recursive: true });
    const child = spawn('storescp', ['--bit-preserving', ...options, '-od', folder, `${port}`], {
      stdio: 'ignore',
      // Otherwise it waits 40 ms for each acknowledgement of TCP.
      env: { ...process.env, TCP_NODELAY: '1' },
    });
    await until(async () => {
      const socket = connect(port, '127.0.0.1');
      const connected = await once(socket, 'connect').catch(() => undefined);
      socket.destroy();
      return connected !== undefined;
    });
    return new StoreScp(folder, child);
  }

  async end(): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
  }
}
