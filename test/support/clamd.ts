import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './service.ts';

/** The test file that every scanner finds (EICAR, "Anti Malware Testfile"). */
export const EICAR = String.raw`X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`;

/**
 * A ClamAV of the tests. Its only signature is that of EICAR, anywhere in a file: the signatures of others would have to be
 * downloaded (ClamAV manual, "Extended signature format").
 */
export class Clamd {
  readonly #dir = mkdtempSync(join(tmpdir(), 'negatoscope-clamd-'));
  readonly address = join(this.#dir, 'clamd.sock');
  #process: ChildProcess | undefined;

  async start(): Promise<void> {
    const database = join(this.#dir, 'signatures');
    mkdirSync(database, { recursive: true });
    writeFileSync(
      join(database, 'eicar.ndb'),
      `Eicar-Test-Signature:0:*:${Buffer.from(EICAR).toString('hex')}\n`,
    );
    const config = join(this.#dir, 'clamd.conf');
    const lines = ['Foreground yes', `DatabaseDirectory ${database}`, `LocalSocket ${this.address}`];
    writeFileSync(config, `${lines.join('\n')}\n`);
    this.#process = spawn('clamd', ['-c', config], {
      stdio: 'ignore',
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
    });
    const failed = once(this.#process, 'error').then(([cause]) => {
      throw new Error('clamd does not start: is clamav-daemon installed?', { cause });
    });
    await Promise.race([failed, until(async () => existsSync(this.address) && this.#isListening())]);
  }

  /** Lets it accept files and say nothing, until `resume`. */
  pause(): void {
    this.#process?.kill('SIGSTOP');
  }

  resume(): void {
    this.#process?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    const ended = this.#process && once(this.#process, 'exit');
    this.#process?.kill('SIGKILL');
    await ended;
    rmSync(this.address, { force: true });
  }

  async end(): Promise<void> {
    await this.stop();
    rmSync(this.#dir, { recursive: true, force: true });
  }

  #isListening(): Promise<boolean> {
    const socket = connect({ path: this.address });
    return new Promise<boolean>((resolve) =>
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false)),
    ).finally(() => socket.destroy());
  }
}
