import { describe, expect, test } from 'vitest';
import { presetOf, presetsFor } from '../../../web/src/dicom-viewer/window-presets.ts';

const FULL = { center: 512, width: 1024 };
const ds = (...Value: number[]) => ({ vr: 'DS', Value });
const lo = (...Value: string[]) => ({ vr: 'LO', Value });
const sq = (...Value: object[]) => ({ vr: 'SQ', Value });
const frame = (modality: string, attributes: object = {}, number = 1) => ({
  modality,
  attributes: attributes as Parameters<typeof presetsFor>[0]['attributes'],
  number,
});
const named = (...given: Parameters<typeof presetsFor>) =>
  presetsFor(...given).map(({ name, center, width }) => [name, center, width]);

describe('The windows to choose from', () => {
  test('are the full range, for each modality, and for a CT those of its organs', () => {
    expect(named(frame('MR'), FULL)).toEqual([['Full range', 512, 1024]]);
    expect(presetsFor(frame('CT'), FULL).map(({ id }) => id)).toEqual([
      'soft-tissue',
      'lung',
      'bone',
      'brain',
      'liver',
      'full',
    ]);
  });

  test('of activity are also the full range in black on white', () => {
    for (const modality of ['PT', 'NM']) {
      expect(presetsFor(frame(modality), FULL).map(({ id, isInverted }) => [id, isInverted])).toEqual([
        ['full', false],
        ['inverted', true],
      ]);
    }
  });

  test('are the further ones of the file, by their explanations', () => {
    const attributes = {
      '00281050': ds(100, 200, 300, 400),
      '00281051': ds(10, 20, 30, 0),
      '00281055': lo('NORMAL', 'HARDER'),
    };
    const further = [
      ['HARDER', 200, 20],
      ['Window 3', 300, 30],
      ['Full range', 512, 1024],
    ];
    expect(named(frame('MG', attributes), FULL)).toEqual(further);
    // A table of values is shown before the first window.
    expect(named(frame('MG', { ...attributes, '00283010': sq({}) }), FULL)).toEqual([
      ['NORMAL', 100, 10],
      ...further,
    ]);
  });

  test('are those of the frame', () => {
    const voi = (center: number) => sq({ '00281050': ds(0, center), '00281051': ds(1, 10) });
    const attributes = { '52009230': sq({ '00289132': voi(5) }, { '00289132': voi(7) }) };
    expect(named(frame('MR', attributes, 2), FULL)[0]).toEqual(['Window 2', 7, 10]);
    expect(named(frame('MR', { '52009229': sq({ '00289132': voi(9) }) }, 2), FULL)[0]).toEqual([
      'Window 2',
      9,
      10,
    ]);
  });

  test('are none for images in colour', () => {
    expect(presetsFor(frame('US'), undefined)).toEqual([]);
  });
});

test('The preset of a window is found, also by whether it is inverted', () => {
  const presets = presetsFor(frame('PT'), FULL);
  expect(presetOf(presets, FULL, true)?.id).toBe('inverted');
  expect(presetOf(presets, { ...FULL, center: FULL.center + 1e-9 }, false)?.id).toBe('full');
  expect(presetOf(presets, { ...FULL, width: 1000 }, false)).toBeUndefined();
  expect(presetOf(presetsFor(frame('CT'), FULL), { center: 40, width: 80 }, true)?.id).toBe('brain');
});
