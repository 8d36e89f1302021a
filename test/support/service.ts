import { setTimeout as sleep } from 'node:timers/promises';
import { expect, inject, type ProvidedContext } from 'vitest';
import { Issuer } from '../../lib/local/cognito/issuer.ts';
import type { LocalStack } from '../../lib/local/local-stack.ts';
import { loadTemplate } from '../../lib/local/template.ts';
import { ownClaims, PATIENT_1 } from './people.ts';

/** A client of the API for one user. */
export interface Client {
  /** Sends a request. An object is sent as JSON, a form as `multipart/form-data`. */
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Sends a request, expects the status, and returns the response's JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into by each test
  json(method: string, path: string, status: number, body?: unknown): Promise<any>;
}

/** A running stack, in this process or another one. */
export type RunningStack = Omit<LocalStack, 'close' | 'functions' | 'faults' | 'clock'>;

/** The service under test, with users of the test file. */
export abstract class Service {
  /** The data directory of the stack. */
  abstract readonly dataDir: string;
  protected abstract readonly running: RunningStack;

  get stack(): RunningStack {
    const { running } = this;
    return {
      ...running,
      token: (user, claims, expiresInSeconds) =>
        running.token(user, { ...ownClaims(user), ...claims }, expiresInSeconds),
    };
  }

  /** A client for a demo user, or without authentication. */
  async as(user?: string, claims?: Record<string, unknown>, expiresInSeconds?: number): Promise<Client> {
    const token = user && (await this.stack.token(user, claims, expiresInSeconds));
    return this.with(token ? { authorization: `Bearer ${token}` } : {});
  }

  /** A client that always sends these headers. */
  with(own: Record<string, string>): Client {
    const send: Client['send'] = (method, path, body, headers = {}) =>
      fetch(new URL(path, this.stack.url), {
        method,
        headers: { ...own, ...headers },
        redirect: 'manual',
        ...(body !== undefined && {
          body:
            typeof body === 'string' || body instanceof FormData || body instanceof Blob
              ? body
              : JSON.stringify(body),
        }),
      });
    return {
      send,
      json: async (method, path, status, body) => {
        const response = await send(method, path, body);
        const text = await response.text();
        expect(response.status, `${method} ${path}: ${text}`).toBe(status);
        return text === '' ? undefined : JSON.parse(text);
      },
    };
  }
}

/** The service that all files of a run share. */
class SharedService extends Service {
  readonly #shared = inject('sharedStack');
  readonly dataDir = this.#shared.dataDir;
  protected readonly running = attach(this.#shared);
}

/** Connects to a stack in another process, by its address and its data directory. */
function attach({ dataDir, tickUrl, ...address }: ProvidedContext['sharedStack']): RunningStack {
  const template = loadTemplate(inject('cdkOut'), address.url);
  const issuer = Issuer.open(dataDir, `${address.url}/local`);
  return {
    ...address,
    output: (name) => template.output(name),
    token: async (...given) => (await issuer).token(...given),
    tick: async (functionId = '') => {
      const response = await fetch(new URL(functionId, tickUrl), { method: 'POST' });
      if (!response.ok) throw new Error(`the clock did not tick: ${await response.text()}`);
    },
  };
}

/**
 * The service for the tests of a file. Other files use it at the same time, so expect only data of this file's users.
 */
export const useService = (): Service => new SharedService();

/** A file to upload. */
export interface TestFile {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
  type: string;
}

/** A form with files and fields; a list becomes a repeated field. */
export function formOf(
  fields: Record<string, string | string[]>,
  files: Record<string, TestFile[]>,
): FormData {
  const form = new FormData();
  for (const [name, values] of Object.entries(fields)) {
    for (const value of [values].flat()) form.append(name, value);
  }
  for (const [field, list] of Object.entries(files)) {
    for (const { name, bytes, type } of list) form.append(field, new Blob([bytes], { type }), name);
  }
  return form;
}

/** Writes the patient into the directory, so that the page shows the number without asking. */
export const register = (client: Client, patientId: string, family = 'Test'): Promise<unknown> =>
  client.json('PUT', `/api/patients/${patientId}`, 200, { name: { alphabetic: family } });

/** Creates a batch for the patient. Returns its id. */
export const createBatch = async (client: Client, patientId = PATIENT_1, name = 'Visit'): Promise<string> =>
  (
    await client.json('POST', '/api/images/batches/', 201, {
      name,
      content_type: 'patients.patient',
      object_id: patientId,
    })
  ).id;

/** Uploads files into a batch by signed URLs, without waiting for their processing. Returns the images' ids. */
export async function upload(client: Client, batchId: string, files: readonly TestFile[]): Promise<string[]> {
  const { uploads } = await client.json('POST', `/api/images/batches/${batchId}/upload-urls/`, 201, {
    files: files.map(({ name, bytes, type }) => ({ name, size: bytes.length, type })),
  });
  for (const [index, { upload_url, headers }] of uploads.entries()) {
    const response = await fetch(upload_url, { method: 'PUT', headers, body: files[index]?.bytes ?? '' });
    expect(response.status, await response.text()).toBe(200);
  }
  return uploads.map(({ id }: { id: string }) => id);
}

/** The file names of the ready images of a batch, with duplicates. */
export async function readyNames(client: Client, batchId: string): Promise<string[]> {
  const { images } = await client.json('GET', `/api/images/?batch_id=${batchId}&limit=200`, 200);
  return images
    .filter(({ status }: { status: string }) => status === 'ready')
    .map(({ original_name }: { original_name: string }) => original_name)
    .sort();
}

/** Waits until the image is no longer pending. Returns it. */
export async function decided(client: Client, imageId: string) {
  return until(async () => {
    const image = await client.json('GET', `/api/images/${imageId}/`, 200);
    return image.status === 'pending' ? undefined : image;
  });
}

/** Waits until the function returns a value. */
export async function until<T>(work: () => Promise<T | undefined | false>, seconds = 25): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const result = await work();
    if (result !== undefined && result !== false) return result as T;
    if (Date.now() > deadline) throw new Error(`not so after ${seconds} s`);
    await sleep(50);
  }
}
