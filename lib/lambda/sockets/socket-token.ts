/** The subprotocol. The server selects it, as RFC 6455 (4.2.2) describes, if the client offers any. */
export const SUBPROTOCOL = 'negatoscope';

/** The list of subprotocols contains the token: it is the only header that a page can set on a `WebSocket`. */
const TOKEN = /^bearer\.([\w.-]+)$/i;

type Headers = Readonly<Record<string, string | undefined>> | null | undefined;

/** The subprotocols that the client offers. */
export const offeredBy = (headers: Headers): string[] =>
  (headerOf(headers, 'sec-websocket-protocol') ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);

/** The token of a handshake: from `Authorization` or the subprotocols; never from the URL, which is logged. */
export function tokenOf(headers: Headers): string | undefined {
  const authorization = headerOf(headers, 'authorization');
  if (authorization !== undefined) return /^Bearer +([^ ]+)$/i.exec(authorization)?.[1];
  return offeredBy(headers).flatMap((name) => TOKEN.exec(name)?.[1] ?? [])[0];
}

const headerOf = (headers: Headers, wanted: string): string | undefined =>
  Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === wanted)?.[1];
