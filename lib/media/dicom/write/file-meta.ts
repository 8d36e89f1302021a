import { joined } from './bytes.ts';
import { EXPLICIT_UTF8, encodeJson } from './encode-json.ts';

/** A UUID as a UID (PS3.5 B.2). It never changes, because it is in the files that the project writes. */
export const IMPLEMENTATION_CLASS_UID = '2.25.98610076111928012538784565772324091684';
/** Without a number: the bytes of a file must not depend on the release that wrote it. */
export const IMPLEMENTATION_VERSION = 'NEGATOSCOPE';

/** What the File Meta Information tells of an instance. */
export interface InstanceIdentity {
  sopClass: string;
  sopInstance: string;
  transferSyntax: string;
}

/**
 * The preamble and the File Meta Information (PS3.10 7.1) of an instance. They depend on nothing else: neither on the
 * sender nor on the release, so that the same data set, sent twice, is the same file, which the service stores once.
 */
export function fileMeta({ sopClass, sopInstance, transferSyntax }: InstanceIdentity): Uint8Array {
  const group = encodeJson(
    {
      '00020001': { vr: 'OB', InlineBinary: 'AAE=' },
      '00020002': { vr: 'UI', Value: [sopClass] },
      '00020003': { vr: 'UI', Value: [sopInstance] },
      '00020010': { vr: 'UI', Value: [transferSyntax] },
      '00020012': { vr: 'UI', Value: [IMPLEMENTATION_CLASS_UID] },
      '00020013': { vr: 'SH', Value: [IMPLEMENTATION_VERSION] },
    },
    EXPLICIT_UTF8,
  );
  const length = encodeJson({ '00020000': { vr: 'UL', Value: [group.length] } }, EXPLICIT_UTF8);
  return joined([new Uint8Array(128), new TextEncoder().encode('DICM'), length, group]);
}
