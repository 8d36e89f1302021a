import http from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import * as z from 'zod';
import { PermanentFailure } from '../../lambda/events/permanent-failure.ts';

/**
 * Orthanc's response to a file that it has stored. A file that its own filter refuses counts as done: the clinic
 * configured that.
 */
const Stored = z.object({ Status: z.enum(['Success', 'AlreadyStored', 'FilteredOut']) });

/** Orthanc's own error body. A proxy in front of it has another one. */
const Refusal = z.object({ OrthancError: z.string(), Details: z.string().optional() });

/** Shorter than the function's timeout, so that it can still postpone the message; milliseconds. */
const TIMEOUTS = { wholeMs: 280_000, idleMs: 60_000 };

type Auth = () => Promise<string>;

/** A client that sends files to an Orthanc server (Orthanc Book, "REST API of Orthanc", sending DICOM images). */
export class Orthanc {
  readonly #url: URL;
  readonly #auth: Auth | undefined;
  readonly #timeouts: typeof TIMEOUTS;

  /** @param server its URL, which may contain a path, and its credentials: `name:password`, here or in the URL */
  constructor({ url, auth }: { url: string; auth?: Auth | undefined }, timeouts = TIMEOUTS) {
    this.#url = new URL('instances', url.endsWith('/') ? url : `${url}/`);
    this.#auth = auth;
    this.#timeouts = timeouts;
  }

  /**
   * Sends a file. A file that Orthanc has already changes nothing.
   *
   * @throws PermanentFailure if Orthanc can't accept the file, Error if a retry may succeed
   */
  async store(file: Readable, bytes: number): Promise<void> {
    const { statusCode, body } = await this.#post(file, bytes);
    if (statusCode === 200 && Stored.safeParse(body).success) return;
    const refusal = Refusal.safeParse(body);
    if (statusCode === 400 && refusal.success) {
      const { OrthancError, Details = '' } = refusal.data;
      throw new PermanentFailure(`Orthanc refuses the file: ${OrthancError} ${Details}`.trim());
    }
    // A redirect is an error: patients' images must not go to a host that nobody configured.
    throw new Error(`Orthanc answered ${statusCode}, and not that it has stored the file`);
  }

  async #post(file: Readable, bytes: number) {
    const auth = await this.#auth?.();
    const request = (this.#url.protocol === 'http:' ? http : https).request(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/dicom', 'content-length': bytes },
      signal: AbortSignal.timeout(this.#timeouts.wholeMs),
      timeout: this.#timeouts.idleMs,
      ...(auth !== undefined && { auth }),
    });
    request.on('timeout', () => request.destroy(new Error('Orthanc is silent')));
    // Ignores errors after the response, which may arrive before the whole file is sent (401). Only the response
    // counts.
    request.on('error', () => undefined);
    const fault = pipeline(file, request).then(
      () => undefined,
      (error: Error) => error,
    );
    try {
      const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
        request.once('response', resolve).once('error', reject);
      });
      return { statusCode: response.statusCode, body: jsonOf(await text(response)) };
    } catch (error) {
      throw (await fault) ?? error;
    } finally {
      // Stops reading the file if the response arrived early.
      file.destroy();
    }
  }
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
