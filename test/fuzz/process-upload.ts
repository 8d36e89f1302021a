import { DicomInstance } from '../../lib/domain/dicom/dicom-instance.ts';
import { Image, isReady, type ReadyImage } from '../../lib/domain/images/image.ts';
import { copyOf } from '../../lib/domain/images/image-copy.ts';
import { Limits } from '../../lib/domain/limits/limits.ts';
import { base64Crc32 } from '../../lib/media/base64-crc32.ts';
import { renderFrame } from '../../lib/media/dicom/draw/render-frame.ts';
import { encapsulatedDocument } from '../../lib/media/dicom/parse/encapsulated-document.ts';
import { looksLikeDicom, readDicom } from '../../lib/media/dicom/parse/read-dicom.ts';
import { UnsupportedPixelData } from '../../lib/media/dicom/unsupported-pixel-data.ts';
import { toExplicitLittleEndian } from '../../lib/media/dicom/write/to-explicit-little-endian.ts';
import { sniffImageFormat } from '../../lib/media/formats/image-format.ts';
import { makeCopy } from '../../lib/media/image/make-copy.ts';
import { decodePdf } from '../../lib/media/pdf/decode-pdf.ts';
import { RejectedImage } from '../../lib/media/rejected-image.ts';
import { inspectDicom } from '../../lib/services/dicom/ingest-dicom.ts';
import { processImage } from '../../lib/services/images/process-image.ts';
import { answerCases, type CaseMessage } from './answer-cases.ts';

const limits = Limits.parse({});
const now = () => new Date('2026-01-02T03:04:05Z');

answerCases((bytes) => (looksLikeDicom(bytes) ? processDicom(bytes) : processPicture(bytes)));

/** What happens to an uploaded picture: its copies and facts, and one more copy on request. */
async function processPicture(bytes: Uint8Array): Promise<CaseMessage> {
  const pending = pendingImage(bytes);
  const objects = new Map<string, Uint8Array>();
  let decided: Image | undefined;
  await processImage('incoming/-/records/0', pending, {
    imageDecisions: {
      markReady: async (image, facts) => {
        decided = Image.parse({ ...image, ...facts, status: 'ready' });
        return 'done';
      },
      markRejected: async (image, statusReason) => {
        decided = Image.parse({ ...image, status: 'rejected', statusReason });
        return 'done';
      },
    },
    bucket: {
      readTagged: async () => ({ bytes, etag: '' }),
      write: async (key, written) => void objects.set(key, written),
      copy: async () => {},
      delete: async () => {},
    },
    limits,
    now,
  });
  if (!decided) throw new Error('the image is neither ready nor rejected');
  if (!isReady(decided)) return { refused: decided.statusReason ?? '' };
  const preview = objects.entries().find(([key]) => key.endsWith('_preview.jpg'))?.[1];
  const source = decided.mimeType === 'application/pdf' ? preview : bytes;
  // What was accepted can be copied.
  await makeCopy(source ?? bytes, copyOf(decided, { width: 200, format: 'jpeg' }));
  // Only the first page was looked at: another one may be refused.
  const { pages = 1 } = decided;
  if (pages > 1)
    await attempt(() => makeCopy(bytes, copyOf(decided as ReadyImage, { width: 200, page: pages })));
  return { accepted: decided.mimeType };
}

const pendingImage = (bytes: Uint8Array): Image =>
  Image.parse({
    id: '018f0000-0000-7000-8000-000000000000',
    fileName: 'fuzz',
    // Announced as what it is, so that its type alone refuses none.
    mimeType: sniffImageFormat(bytes)?.mimeType ?? 'image/jpeg',
    fileSize: bytes.length,
    crc32: base64Crc32(bytes),
    eyeSide: 'unknown',
    category: 'other',
    caption: '',
    order: 0,
    status: 'pending',
    uploadedAt: now().toISOString(),
    uploadedLocal: '2026-01-02T03:04:05',
    uploadedBy: 'fuzz',
    source: 'clinic',
    updatedAt: now().toISOString(),
  });

/** What happens to a DICOM file: its description, its thumbnail and its other transfer syntax. */
async function processDicom(bytes: Uint8Array): Promise<CaseMessage> {
  try {
    const { instance } = inspectDicom({ role: 'staff', subject: 'fuzz' }, bytes, { ownIssuers: [], now });
    DicomInstance.parse(instance);
  } catch (error) {
    return refusal(error);
  }
  const file = readDicom(bytes);
  const document = encapsulatedDocument(file.dataSet);
  const draw =
    document?.mimeType === 'application/pdf' ? () => decodePdf(document.bytes) : () => thumbnail(file);
  const attempts = [await attempt(draw), await attempt(() => toExplicitLittleEndian(file))];
  return { accepted: ['DICOM', ...attempts].join(' ') };
}

const thumbnail = (file: ReturnType<typeof readDicom>) =>
  renderFrame(file, { format: 'jpeg', viewport: { columns: 300, rows: 300 }, enlarge: false });

/** A stored file whose pixels can't be drawn stays accepted. */
async function attempt(act: () => Promise<unknown>): Promise<string> {
  try {
    await act();
    return 'drawn';
  } catch (error) {
    refusal(error);
    return 'not drawn';
  }
}

/** The refusal with a reason for the sender. Any other error is a defect. */
function refusal(error: unknown): { refused: string } {
  if (error instanceof RejectedImage || error instanceof UnsupportedPixelData)
    return { refused: error.message };
  throw error;
}
