import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, inject } from 'vitest';
import { type LocalStack, type LocalStackOptions, startLocalStack } from '../../lib/local/local-stack.ts';
import { NO_RATE_LIMITS } from '../../lib/local/no-rate-limits.ts';
import { Service } from './service.ts';

/** A whole service on a free port with a data directory of its own, in this process. */
export class OwnStack extends Service {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'negatoscope-test-'));
  #stack: LocalStack | undefined;

  protected override get running(): LocalStack {
    if (!this.#stack) throw new Error('the service is not started');
    return this.#stack;
  }

  /** The stack with what only its own process has: its functions and faults. */
  get whole(): LocalStack {
    return this.running;
  }

  /** The faults of the stack, which tests change while it runs. */
  get faults(): LocalStack['faults'] {
    return this.running.faults;
  }

  /** The time of the stack, which tests move forward. */
  get clock(): LocalStack['clock'] {
    return this.running.clock;
  }

  async start(options: Partial<LocalStackOptions> = {}): Promise<void> {
    this.#stack = await startLocalStack({
      cdkOut: inject('cdkOut'),
      port: 0,
      dataDir: this.dataDir,
      environment: NO_RATE_LIMITS,
      ...options,
    });
  }

  async stop(): Promise<void> {
    await this.#stack?.close();
    this.#stack = undefined;
  }

  async end(): Promise<void> {
    await this.stop();
    rmSync(this.dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

/** Starts a service for the tests of one file, which could disturb others in a shared service. */
export function useOwnStack(options?: Partial<LocalStackOptions>): OwnStack {
  const service = new OwnStack();
  beforeAll(() => service.start(options));
  afterAll(() => service.end());
  return service;
}
