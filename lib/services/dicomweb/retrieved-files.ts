import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { dicomWebPath } from '../../api/dicomweb.ts';
import { attributeText, type DicomInstance } from '../../domain/dicom/dicom-instance.ts';
import { mapInOrder, prefetchFirst } from '../../domain/in-order.ts';
import { contentDisposition } from '../../lambda/http/content-disposition.ts';
import { chooseOffer, type Offer } from '../../lambda/http/content-negotiation.ts';
import { multipartStream, type Part } from '../../lambda/http/multipart-related.ts';
import { readDicom } from '../../media/dicom/parse/read-dicom.ts';
import { explicitLittleEndian, isCompressed, isLossless } from '../../media/dicom/transfer-syntaxes.ts';
import { toExplicitLittleEndian } from '../../media/dicom/write/to-explicit-little-endian.ts';
import { RejectedImage } from '../../media/rejected-image.ts';
import { dicomKey } from '../../storage/object-keys.ts';
import type { SignedObjects } from '../../storage/signed-objects.ts';
import { DECODE_LIMITS, type DecodingRequest, type FileDeps, throwNotAcceptable } from './dicom-files.ts';
import { MOST_BYTES, requireStreamable } from './response-size.ts';

const DICOM = 'application/dicom';

/** Stored files that are opened ahead of the one that is being sent. Of decoded files, only one is in memory. */
const AT_ONCE = 4;

const EXPLICIT = explicitLittleEndian.uid;

/** A representation of files. */
interface FileOffer extends Offer {
  /**
   * As stored; in Explicit VR Little Endian; or the default for requests without a transfer syntax: Explicit VR Little
   * Endian if the conversion is lossless, otherwise as stored.
   */
  form: 'stored' | 'explicit' | 'default';
}

/** The available representations of files: in several parts and, for a single file, also alone. */
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
    // First, because a request for any syntax (`*`) gets it. Files of different syntaxes have no other name.
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

/**
 * Returns the instances that can be converted to Explicit VR Little Endian without loss; none if the response would be
 * too large.
 */
function transcodableOf(instances: readonly DicomInstance[]): ReadonlySet<DicomInstance> {
  const bytes = instances.reduce((sum, instance) => sum + mostBytes(instance), 0);
  if (bytes > MOST_BYTES) return new Set();
  return new Set(instances.filter(({ transferSyntaxUid: uid }) => uid !== EXPLICIT && isLossless(uid)));
}

/** An upper bound of an instance's uncompressed bytes: only the file says if it has colours, so three are assumed. */
function mostBytes({ bytes, frames, rows = 0, columns = 0, transferSyntaxUid, attributes }: DicomInstance) {
  if (transferSyntaxUid === EXPLICIT) return bytes;
  const bits = Number(attributeText(attributes, '00280100')) || 16;
  return 2 * bytes + frames * rows * columns * 3 * Math.ceil(bits / 8);
}

interface FilesRequest extends DecodingRequest {
  origin: string;
}

/**
 * Responds with the files of instances. In PS3.18, Explicit VR Little Endian is the default of `application/dicom`,
 * because every client can read it.
 *
 * @param isOne whether a single instance was requested, whose file can be sent without `multipart/related`
 * If a file is missing, the response is an error, or ends with one if it has begun: it never looks complete without the
 * file. The other files can be retrieved by themselves.
 *
 * @throws DomainError NOT_ACCEPTABLE, PAYLOAD_TOO_LARGE
 */
export async function filesResponse(
  request: FilesRequest,
  instances: readonly DicomInstance[],
  isOne: boolean,
  { objects, frameAllowance }: Pick<FileDeps, 'objects' | 'frameAllowance'>,
) {
  const transcodable = transcodableOf(instances);
  const { type, form } = chooseOffer(request, fileOffers(instances, transcodable, isOne));
  requireStreamable(instances);
  const isStored = form === 'stored' || transcodable.size === 0;
  if (!isStored) {
    const compressed = [...transcodable].filter(({ transferSyntaxUid }) => isCompressed(transferSyntaxUid));
    const frames = compressed.reduce((sum, instance) => sum + instance.frames, 0);
    await frameAllowance.take(request.caller, frames);
  }
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
      // An attachment, because the preamble (PS3.10 7.1) may contain active content.
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

/** An opened file to send. */
interface OpenFile extends FileFacts {
  content: Readable;
}

async function openStored(
  { transferSyntaxUid, bytes, ...key }: DicomInstance,
  objects: Pick<SignedObjects, 'read'>,
): Promise<OpenFile> {
  return { transferSyntaxUid, bytes, content: await objects.read(dicomKey(key), undefined, bytes) };
}

/** Opens a file in Explicit VR Little Endian. In the default form, a file with damaged pixels is sent as stored. */
async function openTranscoded(
  instance: DicomInstance,
  form: FileOffer['form'],
  objects: Pick<SignedObjects, 'read'>,
): Promise<OpenFile> {
  const stored = await buffer(await objects.read(dicomKey(instance), undefined, instance.bytes));
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
