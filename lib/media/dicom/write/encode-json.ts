import type { DicomJson, JsonAttribute, JsonPersonName } from '../json-model.ts';
import { isVr, kindOf, type Vr, type VrKind } from '../parse/vr.ts';
import { joined, numberBytes, padded, uint16, uint32 } from './bytes.ts';
import { encodeElement, encodeImplicitElement, tagBytes } from './encode-element.ts';

/** How a data set is written. */
interface Writing {
  isExplicit: boolean;
  /** Encodes text in the character set that the data set names. */
  encodeText: (text: string) => Uint8Array;
}

/** In explicit VR, and in UTF-8: the data set must say so (0008,0005). */
export const EXPLICIT_UTF8: Writing = {
  isExplicit: true,
  encodeText: (text) => new TextEncoder().encode(text),
};

/** Encodes DICOM JSON (PS3.18 F.2) as a data set in little endian. Bulk data are omitted. */
export function encodeJson(json: DicomJson, writing: Writing): Uint8Array<ArrayBuffer> {
  const elements = Object.entries(json)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([tag, attribute]) => {
      const vr: Vr = isVr(attribute.vr) ? attribute.vr : 'UN';
      const value = vr === 'SQ' ? encodeItems(attribute, writing) : encodeValue(vr, attribute, writing);
      return writing.isExplicit ? encodeElement(tag, { vr, value }) : encodeImplicitElement(tag, value);
    });
  return joined(elements);
}

const encodeItems = ({ Value = [] }: JsonAttribute, writing: Writing): Uint8Array =>
  joined(
    Value.map((item) => encodeImplicitElement('FFFEE000', encodeJson((item ?? {}) as DicomJson, writing))),
  );

function encodeValue(vr: Vr, { Value = [], InlineBinary }: JsonAttribute, writing: Writing): Uint8Array {
  if (InlineBinary !== undefined)
    return padded(
      Uint8Array.from(atob(InlineBinary), (character) => character.charCodeAt(0)),
      0,
    );
  const kind = kindOf(vr);
  if (kind === 'ascii' || kind === 'text' || kind === 'paragraph' || kind === 'url') {
    const text = Value.map((each) =>
      vr === 'PN' ? nameOf(each as JsonPersonName | null) : String(each ?? ''),
    );
    return padded(writing.encodeText(text.join('\\')), vr === 'UI' ? 0 : 0x20);
  }
  return joined(Value.map((each) => encodeNumber(kind, each as number | string)));
}

/** PS3.5 6.2.1.1: the groups, without empty ones at the end. */
function nameOf(name: JsonPersonName | null): string {
  const { Alphabetic = '', Ideographic = '', Phonetic = '' } = name ?? {};
  const groups = Phonetic
    ? [Alphabetic, Ideographic, Phonetic]
    : Ideographic
      ? [Alphabetic, Ideographic]
      : [Alphabetic];
  return groups.join('=');
}

function encodeNumber(kind: VrKind, value: number | string): Uint8Array {
  switch (kind) {
    case 'tag':
      return tagBytes(String(value));
    case 'int16':
    case 'uint16':
      return uint16(Number(value));
    case 'int32':
    case 'uint32':
      return uint32(Number(value));
    case 'float32':
      return numberBytes(4, (view) => view.setFloat32(0, Number(value), true));
    case 'float64':
      return numberBytes(8, (view) => view.setFloat64(0, Number(value), true));
    case 'int64':
    case 'uint64':
      return numberBytes(8, (view) => view.setBigUint64(0, BigInt.asUintN(64, BigInt(value)), true));
    default:
      return new Uint8Array();
  }
}
