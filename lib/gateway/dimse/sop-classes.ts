import {
  explicitBigEndian,
  explicitLittleEndian,
  implicitLittleEndian,
  isKnownTransferSyntax,
} from '../../media/dicom/transfer-syntaxes.ts';
import type { ProposedContext } from './associate.ts';

const DICOM = '1.2.840.10008';

/** PS3.4 A.4. */
export const VERIFICATION = `${DICOM}.1.1`;
/** PS3.4 J.3; it has one well-known instance. */
export const STORAGE_COMMITMENT = `${DICOM}.1.20.1`;
export const STORAGE_COMMITMENT_INSTANCE = `${DICOM}.1.20.1.1`;

/** Query/Retrieve (PS3.4 C.6): of the Patient Root and of the Study Root. */
export const FIND = [`${DICOM}.5.1.4.1.2.1.1`, `${DICOM}.5.1.4.1.2.2.1`];
export const MOVE = [`${DICOM}.5.1.4.1.2.1.2`, `${DICOM}.5.1.4.1.2.2.2`];
export const GET = [`${DICOM}.5.1.4.1.2.1.3`, `${DICOM}.5.1.4.1.2.2.3`];

/** The storage classes that are not under 5.1.4.1.1 (PS3.4 B.5, GG.3): of radiotherapy, implants, protocols and palettes. */
const OTHER_STORAGE = /^1\.2\.840\.10008\.5\.1\.4\.(34\.7|34\.10|38\.1|39\.1|43\.1|44\.1|45\.1)$/;

/** Whether instances of the class are stored: the standard's storage classes, and all private classes. */
export const isStorageClass = (uid: string): boolean =>
  uid.startsWith(`${DICOM}.5.1.4.1.1.`) || OTHER_STORAGE.test(uid) || !uid.startsWith(`${DICOM}.`);

const UNCOMPRESSED_FALLBACKS: readonly string[] = [implicitLittleEndian.uid, explicitBigEndian.uid];

/**
 * Chooses the transfer syntax of a context: the first that the sender names, because only it knows whether another one
 * would lose something. But Explicit VR Little Endian counts before implicit VR, which loses the VRs of private
 * elements, and before big endian, which is retired.
 *
 * @returns undefined if we know none of them, null if the class is not one of ours
 */
export function chooseTransferSyntax({ abstractSyntax, transferSyntaxes }: ProposedContext) {
  const of = (known: (uid: string) => boolean) => {
    const first = transferSyntaxes.find(known);
    const hasExplicit = transferSyntaxes.includes(explicitLittleEndian.uid);
    return first && UNCOMPRESSED_FALLBACKS.includes(first) && hasExplicit ? explicitLittleEndian.uid : first;
  };
  if (isStorageClass(abstractSyntax)) return of(isKnownTransferSyntax);
  return SERVICES.includes(abstractSyntax) ? of(isPlain) : null;
}

const SERVICES = [VERIFICATION, ...FIND, ...MOVE, ...GET, STORAGE_COMMITMENT];

/** Queries and commands are in little endian, uncompressed. */
const isPlain = (uid: string) => uid === explicitLittleEndian.uid || uid === implicitLittleEndian.uid;
