import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import { startLocalStack } from '../../../lib/local/local-stack.ts';
import { NO_RATE_LIMITS } from '../../../lib/local/no-rate-limits.ts';
import { newDataFolder } from '../data-folder.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The address of the stack that the tests of `service` and of `web` share. */
    sharedStack: {
      url: string;
      s3Endpoint: string;
      dynamoDbEndpoint: string;
      credentials: { accessKeyId: string; secretAccessKey: string };
      logFile: string;
      dataDir: string;
      /** A POST to `/<function>` runs a scheduled function immediately. */
      tickUrl: string;
    };
  }
}

/** Starts one stack for all files of both projects: its functions start once, and stay warm. */
export async function setup({ vitest }: TestProject) {
  const root = vitest.getRootProject();
  if (root.getProvidedContext().sharedStack) return;
  const { cdkOut } = root.getProvidedContext();
  const dataDir = newDataFolder('tests');
  // All functions stay warm: together they take more than a laptop would give them.
  const options = { port: 0, environment: NO_RATE_LIMITS, memoryMb: 8192 };
  const stack = await startLocalStack({ ...options, cdkOut, dataDir });
  const clock = createServer((request, response) => {
    stack.tick(request.url?.slice(1) || undefined).then(
      () => response.end(),
      (error) => response.writeHead(500).end(String(error)),
    );
  });
  clock.listen(0, '127.0.0.1');
  await once(clock, 'listening');
  const { url, s3Endpoint, dynamoDbEndpoint, credentials, logFile } = stack;
  const tickUrl = `http://127.0.0.1:${(clock.address() as AddressInfo).port}`;
  root.provide('sharedStack', {
    url,
    s3Endpoint,
    dynamoDbEndpoint,
    credentials,
    logFile,
    dataDir,
    tickUrl,
  });
  return async () => {
    clock.close();
    await stack.close();
    if (process.env.KEEP_DATA)
      console.log(`The data and the log of the stack are in ${dataDir}, until the next run`);
    else rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  };
}
