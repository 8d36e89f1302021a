import type { Vr } from '../media/dicom/parse/vr.ts';
import { encodeElement } from '../media/dicom/write/encode-data-set.ts';
import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION } from './dimse/associate.ts';

const PREAMBLE = Buffer.concat([Buffer.alloc(128), Buffer.from('DICM')]);

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
export function fileMeta({ sopClass, sopInstance, transferSyntax }: InstanceIdentity): Buffer {
  const uid = (text: string) => Buffer.from(text.length % 2 === 0 ? text : `${text}\0`, 'latin1');
  const text = (value: string) => Buffer.from(value.length % 2 === 0 ? value : `${value} `);
  const elements: [tag: string, vr: Vr, value: Buffer][] = [
    ['00020001', 'OB', Buffer.from([0, 1])],
    ['00020002', 'UI', uid(sopClass)],
    ['00020003', 'UI', uid(sopInstance)],
    ['00020010', 'UI', uid(transferSyntax)],
    ['00020012', 'UI', uid(IMPLEMENTATION_CLASS_UID)],
    ['00020013', 'SH', text(IMPLEMENTATION_VERSION)],
  ];
  const group = Buffer.concat(elements.map(([tag, vr, value]) => encodeElement(tag, { vr, value })));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(group.length);
  return Buffer.concat([PREAMBLE, encodeElement('00020000', { vr: 'UL', value: length }), group]);
}
