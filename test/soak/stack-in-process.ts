import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

export interface ToStack {
  type: 'faults';
  list: string;
}
interface Ready {
  type: 'ready';
  url: string;
  tokens: Record<'doctor' | 'admin', string>;
  /** The environment of the function `reconcile`. */
  environment: Record<string, string>;
}
export type ToParent = Ready | { type: 'done'; counts: Record<string, number> };

interface Options {
  cdkOut: string;
  dataDir: string;
  /** 0 takes a free one. A stack that starts again needs the same one, because signed URLs contain it. */
  port: number;
  faults: string;
}

/** A local stack in a process of its own, which can be killed. */
export class StackInProcess {
  readonly #child: ChildProcess;
  readonly url: string;
  readonly tokens: Ready['tokens'];
  readonly environment: Ready['environment'];

  private constructor(child: ChildProcess, { url, tokens, environment }: Ready) {
    this.#child = child;
    this.url = url;
    this.tokens = tokens;
    this.environment = environment;
  }

  static async start({ cdkOut, dataDir, port, faults }: Options): Promise<StackInProcess> {
    const file = path.join(import.meta.dirname, 'stack-process.ts');
    const child = fork(file, [cdkOut, dataDir, String(port), faults], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const ready = await new Promise<Ready>((resolve, reject) => {
      child.once('message', (message) => resolve(message as Ready));
      child.once('exit', (code) => reject(new Error(`the stack ended with status ${code}`)));
    });
    return new StackInProcess(child, ready);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** Sends an order, and returns how often each fault has happened since the start. */
  async order(message: ToStack): Promise<Record<string, number>> {
    const done = once(this.#child, 'message');
    this.#child.send(message);
    const [answer] = await done;
    return answer.counts;
  }

  /** Ends the process by SIGKILL. Its functions and its DynamoDB end with it. */
  async kill(): Promise<void> {
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }

  async close(): Promise<void> {
    const gone = once(this.#child, 'exit');
    this.#child.disconnect();
    await gone;
  }
}
