import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Vr } from './vr.ts';

/**
 * The value representation of every standard data element (PS3.6 sections 6, 7 and 8, edition of 2025), which implicit VR
 * omits. `XS` is "US or SS", which depends on the data set's Pixel Representation.
 * For each VR the groups with their elements, in hexadecimal; where PS3.6 says "OB or OW" it is OW, as PS3.5 A.1 has it
 * for implicit VR. `repeating` has curves and overlays: (50xx,eeee) and (60xx,eeee), xx even (PS3.5 7.6).
 *
 * A separate file next to the bundle, so that no cold start waits for it: most data sets name their VRs.
 */
const FILE = join(import.meta.dirname, 'data-dictionary.json');

type Tables = Record<'standard' | 'repeating', Partial<Record<Vr | 'XS', string>>>;

let dictionary: Map<string, Vr | 'XS'> | undefined;

function readDictionary(): Map<string, Vr | 'XS'> {
  const { standard, repeating }: Tables = JSON.parse(readFileSync(FILE, 'utf8'));
  const read = new Map<string, Vr | 'XS'>();
  for (const table of [standard, repeating])
    for (const [vr, groups] of Object.entries(table) as [Vr | 'XS', string][])
      for (const group of groups.split(' ')) {
        const [number = '', elements = ''] = group.split(':');
        for (const element of elements.split(','))
          read.set(number.padStart(4, '0') + element.padStart(4, '0'), vr);
      }
  return read;
}

/** The VR of a tag (`GGGGEEEE`) in the standard; UN for unknown private tags. */
export function standardVr(tag: string): Vr | 'XS' {
  if (tag.endsWith('0000')) return 'UL'; // group lengths
  const isPrivate = Number.parseInt(tag.slice(3, 4), 16) % 2 === 1;
  // PS3.5 7.8.1: the blocks of a private group are reserved by (gggg,0010-00FF).
  if (isPrivate) return tag.slice(4, 6) === '00' && tag.slice(6) >= '10' ? 'LO' : 'UN';
  dictionary ??= readDictionary();
  return dictionary.get(tag.replace(/^(50|60)../, '$100')) ?? dictionary.get(tag) ?? 'UN';
}
