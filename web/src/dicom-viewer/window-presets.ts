/** A window by its name. */
export interface WindowPreset {
  name: string;
  center: number;
  width: number;
}

/** What is looked for in a CT, in Hounsfield units: the windows that radiologists know by these names. */
const CT: readonly WindowPreset[] = [
  { name: 'Soft tissue', center: 40, width: 400 },
  { name: 'Lung', center: -600, width: 1500 },
  { name: 'Bone', center: 480, width: 2500 },
  { name: 'Brain', center: 40, width: 80 },
  { name: 'Liver', center: 90, width: 150 },
];

/** The presets of a modality; only the values of a CT mean the same everywhere. */
export const presetsFor = (modality: string): readonly WindowPreset[] => (modality === 'CT' ? CT : []);
