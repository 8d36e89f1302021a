import { createWriteStream, existsSync, mkdirSync, renameSync, statSync, type WriteStream } from 'node:fs';
import path from 'node:path';

const maxBytes = 20 * 1024 * 1024;

/** The log of the stack and its functions: a file in the data directory, and stderr on request. */
export class LogFile {
  readonly path: string;
  readonly #stream: WriteStream;
  readonly #verbose: boolean;

  constructor(dataDir: string, verbose: boolean) {
    mkdirSync(path.join(dataDir, 'logs'), { recursive: true });
    this.path = path.join(dataDir, 'logs', 'local.log');
    if (existsSync(this.path) && statSync(this.path).size > maxBytes) renameSync(this.path, `${this.path}.1`);
    this.#stream = createWriteStream(this.path, { flags: 'a' });
    this.#verbose = verbose;
  }

  write(source: string, line: string) {
    const text = `${new Date().toISOString()} ${source}: ${line}\n`;
    // Of a request that ends after the stack: its client has gone.
    if (!this.#stream.writableEnded) this.#stream.write(text);
    if (this.#verbose) process.stderr.write(text);
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#stream.end(() => resolve()));
  }
}
