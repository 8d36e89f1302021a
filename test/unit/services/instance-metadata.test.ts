import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { DicomInstance } from '../../../lib/domain/dicom/dicom-instance.ts';
import { metadataOfInstance } from '../../../lib/services/dicomweb/metadata.ts';

test.each(['ISO_IR 100', 'a]}b', 'a"b', 'a\\', '}'])(
  'The character set %j becomes that of the text',
  async (named) => {
    const stored = { '00080005': { vr: 'CS', Value: [named, null] }, '00100010': { vr: 'PN' } };
    const objects = { find: async () => Readable.from([JSON.stringify(stored)]) };
    const text = await metadataOfInstance({ sopUid: '1.2' } as DicomInstance, { objects } as never);
    expect(JSON.parse(text)).toEqual({ ...stored, '00080005': { vr: 'CS', Value: ['ISO_IR 192'] } });
  },
);
