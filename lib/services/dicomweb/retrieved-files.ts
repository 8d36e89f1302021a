import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { dicomWebPath } from '../../api/dicomweb.ts';
import { attributeText, type DicomInstance } from '../../domain/dicom/dicom-instance.ts';
import { mapInOrder, prefetchFirst } from '../../domain/in-order.ts';
import { contentDisposition } from '../../lambda/http/content-disposition.ts';
import { chooseOffer, type NegotiableRequest, type Offer } from '../../lambda/http/content-negotiation.ts';
import { multipartStream, type Part } from '../../lambda/http/multipart-related.ts';
import { readDicom } from '../../media/dicom/parse/read-dicom.ts';
import { explicitLittleEndian, isLossless } from '../../media/dicom/parse/transfer-syntaxes.ts';
import { toExplicitLittleEndian } from '../../media/dicom/write/to-explicit-little-endian.ts';
import { RejectedImage } from '../../media/rejected-image.ts';
import { dicomKey } from '../../storage/object-keys.ts';
import type { SignedObjects } from '../../storage/signed-objects.ts';
import { DECODE_LIMITS, throwNotAcceptable } from './dicom-files.ts';
import { MOST_BYTES, requireStreamable } from './response-size.ts';

const DICOM = 'application/dicom';

/** Stored files that are opened ahead of the one that is being sent; of those that are decoded, one is in memory. */
const AT_ONCE = 4;

const EXPLICIT = explicitLittleEndian.uid;

/** A way to give files. */
interface FileOffer extends Offer {
  /**
   * As they are stored; in Explicit VR Little Endian; or, to whoever names no transfer syntax, in that where it loses
   * nothing, else as they are stored.
   */
  form: 'stored' | 'explicit' | 'default';
}

/** How files can be given: in many parts and, where there is one, alone. */
function fileOffers(
  instances: readonly DicomInstance[],
  transcodable: ReadonlySet<DicomInstance>,
  isOne: boolean,
): FileOffer[] {
  const [stored, ...others] = new Set(instances.map(({ transferSyntaxUid }) => transferSyntaxUid));
  const isExplicit = instances.every(
    (instance) => instance.transferSyntaxUid === EXPLICIT || transcodable.has(instance),
  );
  const forms: Omit<FileOffer, 'type'>[] = [
    // First, for whoever takes any syntax (`*`); of several there is no other name.
    {
      form: 'stored',
      onlyIfSyntaxIsNamed: true,
      ...(stored !== undefined && others.length === 0 && { transferSyntax: stored }),
    },
    ...(isExplicit
      ? [{ form: 'explicit', onlyIfSyntaxIsNamed: true, transferSyntax: EXPLICIT } as const]
      : []),
    { form: 'default' },
  ];
  return [
    ...forms.map((form) => ({ ...form, type: 'multipart/related', part: DICOM })),
    ...(isOne ? forms.map((form) => ({ ...form, type: DICOM })) : []),
  ];
}

/** The instances that can come without loss in another transfer syntax, Explicit VR Little Endian; none where all would be too long. */
function transcodableOf(instances: readonly DicomInstance[]): ReadonlySet<DicomInstance> {
  const bytes = instances.reduce((sum, instance) => sum + mostBytes(instance), 0);
  if (bytes > MOST_BYTES) return new Set();
  return new Set(instances.filter(({ transferSyntaxUid: uid }) => uid !== EXPLICIT && isLossless(uid)));
}

/** At least what an instance has without compression: whether it has colours, only its file says. */
function mostBytes({ bytes, frames, rows = 0, columns = 0, transferSyntaxUid, attributes }: DicomInstance) {
  if (transferSyntaxUid === EXPLICIT) return bytes;
  const bits = Number(attributeText(attributes, '00280100')) || 16;
  return 2 * bytes + frames * rows * columns * 3 * Math.ceil(bits / 8);
}

interface FilesRequest extends NegotiableRequest {
  origin: string;
}

/**
 * Answers with the files of instances. PS3.18 has Explicit VR Little Endian as what `application/dicom` is in where nothing
 * else is asked for, since every client reads that.
 *
 * @param isOne whether an instance was asked for, which can come alone
 * @throws DomainError NOT_ACCEPTABLE, PAYLOAD_TOO_LARGE
 */
export async function filesResponse(
  request: FilesRequest,
  instances: readonly DicomInstance[],
  isOne: boolean,
  objects: Pick<SignedObjects, 'read'>,
) {
  const transcodable = transcodableOf(instances);
  const { type, form } = chooseOffer(request, fileOffers(instances, transcodable, isOne));
  requireStreamable(instances);
  const isStored = form === 'stored' || transcodable.size === 0;
  const open = (instance: DicomInstance) =>
    !isStored && transcodable.has(instance)
      ? openTranscoded(instance, form, objects)
      : openStored(instance, objects);
  const [first] = instances;
  if (type === DICOM && first) {
    const { bytes, content } = await open(first);
    const headers = {
      'content-type': DICOM,
      'content-length': String(bytes),
      // What a preamble hides (PS3.10 7.1) runs nowhere.
      'content-disposition': contentDisposition('attachment', `${first.sopUid}.dcm`),
    };
    return { headers, body: content };
  }
  const files = mapInOrder(
    instances,
    isStored ? AT_ONCE : 1,
    async (instance) => {
      const { content, ...file } = await open(instance);
      return { ...partOf(instance, file, request.origin), content };
    },
    ({ content }) => content.destroy(),
  );
  const known = instances.map((instance) => partOf(instance, instance, request.origin));
  return multipartStream(DICOM, await prefetchFirst(files), isStored ? known : undefined);
}

type FileFacts = Pick<DicomInstance, 'transferSyntaxUid' | 'bytes'>;

const partOf = (
  { studyUid: study, seriesUid: series, sopUid: instance }: DicomInstance,
  { transferSyntaxUid, bytes }: FileFacts,
  origin: string,
): Part => ({
  contentType: `${DICOM}; transfer-syntax=${transferSyntaxUid}`,
  location: origin + dicomWebPath({ study, series, instance }),
  bytes,
});

/** A file that is to be sent. */
interface OpenFile extends FileFacts {
  content: Readable;
}

async function openStored(
  { transferSyntaxUid, bytes, ...key }: DicomInstance,
  objects: Pick<SignedObjects, 'read'>,
): Promise<OpenFile> {
  return { transferSyntaxUid, bytes, content: await objects.read(dicomKey(key)) };
}

/** Opens it in Explicit VR Little Endian; in the default form as it is stored, where its pixels are damaged. */
async function openTranscoded(
  instance: DicomInstance,
  form: FileOffer['form'],
  objects: Pick<SignedObjects, 'read'>,
): Promise<OpenFile> {
  const stored = await buffer(await objects.read(dicomKey(instance)));
  try {
    const explicit = await toExplicitLittleEndian(readDicom(stored), DECODE_LIMITS);
    return openBytes(EXPLICIT, explicit);
  } catch (error) {
    if (form === 'explicit' || !(error instanceof RejectedImage)) throwNotAcceptable(error);
    return openBytes(instance.transferSyntaxUid, stored);
  }
}

const openBytes = (transferSyntaxUid: string, bytes: Buffer): OpenFile => ({
  transferSyntaxUid,
  bytes: bytes.length,
  content: Readable.from([bytes], { objectMode: false }),
});
