import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { Form } from '../../api/operation.ts';
import { DomainError } from '../../domain/errors.ts';

/** A file as it was received in a form. Its name is unverified, and its declared media type is ignored. */
export interface ReceivedFile {
  name: string;
  bytes: Uint8Array;
}

/** At least one: a form without files is refused. */
export type ReceivedFiles = readonly [ReceivedFile, ...ReceivedFile[]];

interface ReceivedForm {
  fields: Record<string, unknown>;
  files: ReceivedFiles;
}

/** More than a well-meant form has. */
const MAX_FIELDS = 1000;

/**
 * Parses the form (`multipart/form-data`, RFC 7578) in an API Gateway event.
 *
 * Uses Node's own parser, which `fetch` uses. The event's body, at most 4.4 MB, is in memory already, so a streaming
 * parser would only add 28 KB to the bundle. The most parts that fit, 90,000 empty ones, take 0.3 s.
 *
 * @throws DomainError UNSUPPORTED_MEDIA_TYPE for a body of another type, BAD_REQUEST for a malformed one or one with
 *   unexpected files
 */
export async function readForm(event: APIGatewayProxyEvent, form: Form): Promise<ReceivedForm> {
  const type = Object.entries(event.headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  if (!type?.toLowerCase().startsWith('multipart/form-data')) {
    throw new DomainError('UNSUPPORTED_MEDIA_TYPE', 'The body is no form with files', {
      details: [`content-type must be multipart/form-data; received ${type ?? 'none'}`],
    });
  }
  const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  const parts = await new Response(body, { headers: { 'content-type': type } }).formData().catch((cause) => {
    throw broken([(cause as Error).message], cause);
  });
  const values = new Map<string, string[]>();
  const sent: { field: string; file: File }[] = [];
  for (const [field, value] of parts) {
    if (typeof value !== 'string') sent.push({ field, file: value });
    else if (values.has(field)) values.get(field)?.push(value);
    else values.set(field, [value]);
  }
  requireExpected(values.size, sent, form);
  const received = sent.map(async ({ file }) => ({ name: baseName(file.name), bytes: await file.bytes() }));
  const [first, ...rest] = await Promise.all(received);
  if (!first) throw broken([`${form.file} is required`]);
  const fields = [...values].map(([name, all]) => [name, listOrValue(name, all, form)]);
  return { fields: Object.fromEntries(fields), files: [first, ...rest] };
}

function requireExpected(fields: number, sent: readonly { field: string }[], { file, maxFiles }: Form): void {
  const others = new Set(sent.map(({ field }) => field).filter((field) => field !== file));
  const faults = [
    ...[...others].slice(0, 10).map((field) => `${field} is not a known field of files; expected ${file}`),
    ...(sent.length > maxFiles ? [`${file} must be at most ${maxFiles} files; received ${sent.length}`] : []),
    ...(fields > MAX_FIELDS ? [`the form must have at most ${MAX_FIELDS} fields; received ${fields}`] : []),
  ];
  if (faults.length > 0) throw broken(faults);
}

/** A list is sent as one field of JSON, usual for scripts, or as a repeated field, usual for browsers. */
function listOrValue(name: string, all: string[], { lists = [] }: Form): unknown {
  if (!lists.includes(name)) return all.length === 1 ? all[0] : all;
  if (all.length > 1 || !all[0]?.trimStart().startsWith('[')) return all;
  try {
    return JSON.parse(all[0]);
  } catch (cause) {
    throw broken([`${name} must be a JSON array, or one field for each file`], cause);
  }
}

/** Some clients send the whole path (RFC 7578, 4.2: use only what comes after the last separator). */
const baseName = (name: string) => name.split(/[\\/]/).at(-1) || 'image';

const broken = (faults: readonly string[], cause?: unknown) =>
  new DomainError('BAD_REQUEST', 'The form can not be read', { details: faults, cause });
