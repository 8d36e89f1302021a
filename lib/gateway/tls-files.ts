import { readFileSync } from 'node:fs';
import type { ConnectionOptions, TlsOptions } from 'node:tls';
import type { Settings } from './settings.ts';

/** How long a peer may take to negotiate TLS. */
const HANDSHAKE_MS = 30_000;

/** The options of a server. With an authority, it accepts no peer without a certificate of it. */
export function serverTls({
  keyFile,
  certificateFile,
  authorityFile,
}: NonNullable<Settings['tls']>): TlsOptions {
  return {
    key: readFileSync(keyFile),
    cert: readFileSync(certificateFile),
    handshakeTimeout: HANDSHAKE_MS,
    ...(authorityFile !== undefined && {
      ca: readFileSync(authorityFile),
      requestCert: true,
      rejectUnauthorized: true,
    }),
  };
}

/**
 * The options of an association with a peer. Its certificate has to be one of the authority, which is the clinic's own;
 * devices have certificates with any name.
 *
 * @throws Error if the settings have no authority
 */
export function clientTls(tls: Settings['tls']): ConnectionOptions {
  if (tls?.authorityFile === undefined) throw new Error('tls.authorityFile is missing in the settings');
  return {
    key: readFileSync(tls.keyFile),
    cert: readFileSync(tls.certificateFile),
    ca: readFileSync(tls.authorityFile),
    checkServerIdentity: () => undefined,
  };
}
