import * as z from 'zod';
import { type Export, ExportStatus, NOT_WRITTEN } from '../../domain/exports/export.ts';
import { EXAMPLE_ID, Id, Timestamp } from '../../domain/identifiers.ts';

/** The progress of an export, 0 to 1. */
const progressOf = ({ status, bytes, bytesDone }: Export): number =>
  status === 'ready' ? 1 : Math.min(0.99, Math.floor((100 * bytesDone) / Math.max(1, bytes)) / 100);

/** The status of an export. */
export const ExportProgress = z.strictObject({
  id: Id,
  status: ExportStatus,
  progress: z
    .number()
    .min(0)
    .max(1)
    .meta({ examples: [1] }),
  expires_at: Timestamp.describe('When the export itself is gone.'),
  reason: z.string().optional().describe('Why it `failed`.'),
});

export const toExportProgress = (found: Export): z.infer<typeof ExportProgress> => ({
  id: found.id,
  status: found.status,
  progress: progressOf(found),
  expires_at: new Date(found.expiresAt * 1000).toISOString(),
  ...(found.status === 'failed' && {
    reason: found.archives.find(({ status }) => status === 'failed')?.reason ?? NOT_WRITTEN,
  }),
});

/** The response to the request for an export. */
export const StartedExport = z.strictObject({
  id: Id,
  status_url: z
    .string()
    .describe('Ask there until its status is `ready`.')
    .meta({ examples: [`/api/exports/${EXAMPLE_ID}`] }),
});

export const statusUrl = (id: string) => `/api/exports/${id}`;
