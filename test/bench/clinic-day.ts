import { readFileSync } from 'node:fs';
import * as z from 'zod';

// What people do, for `docs/costs.md` and `docs/scale.md`, and what each call takes.

const Calls = z.object({
  calls: z.object({
    rows: z.record(
      z.string(),
      z.object({ dollarsPerMillion: z.number(), ms: z.number(), writeUnits: z.number() }).loose(),
    ),
  }),
});

/** What one member of staff does on a working day, in calls of an operation or of an event function. */
export const DAY: Record<string, number> = {
  'list-patients': 20,
  // Once more when the socket has said that it shows the patient: see `docs/websocket.md`.
  'list-batches': 60,
  'list-images': 60,
  'download-image': 20,
  'update-image': 5,
  'create-batch': 2,
  'create-batch-uploads': 2,
  'make-thumbnail': 10,
  'download-batch': 1,
  'create-dicom-uploads': 1,
  'ingest-dicom': 20,
  'search-studies': 5,
  'get-metadata': 2,
  'get-frames': 100,
  notify: 40,
  'show-patient': 40,
  'seal-audit': 20,
};
export const WORKING_DAYS = 22;
/** Gigabytes of a photograph and of a DICOM file; and of one person's day: ten photographs and twenty DICOM files stored; thumbnails, originals and frames sent. */
export const PHOTO_GB = 4.5 / 1000;
export const INSTANCE_GB = 0.5 / 1000;
export const STORED_GB = 10 * PHOTO_GB + 20 * INSTANCE_GB;
export const SENT_GB = (400 * 0.02 + 20 * 4.5 + 100 * 0.3) / 1000;
export const THUMBNAILS = 400;
export const SOCKET_MINUTES = 8 * 60;
/** Messages of one person's uploads and changes, and how many open pages show that patient: the person's own, a colleague's and the patient's. */
export const NOTIFICATIONS = 25;
export const PAGES_OF_PATIENT = 3;

export const STAFF = [10, 100, 1000, 10_000];

/** What a call of an operation or of an event function takes, from the result of `npm run bench calls -- --json` in this file. */
export function measuredCalls(file: string) {
  const { rows } = Calls.parse(JSON.parse(readFileSync(file, 'utf8'))).calls;
  return (id: string) => {
    const row = rows[id];
    if (!row) throw new Error(`The benchmark has no row ${id}.`);
    return row;
  };
}

/** A table in Markdown. */
export const markdownTable = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
