/** A named window. */
export interface WindowPreset {
  name: string;
  center: number;
  width: number;
}

/** The usual windows of a CT, in Hounsfield units, by the names that radiologists use. */
const CT: readonly WindowPreset[] = [
  { name: 'Soft tissue', center: 40, width: 400 },
  { name: 'Lung', center: -600, width: 1500 },
  { name: 'Bone', center: 480, width: 2500 },
  { name: 'Brain', center: 40, width: 80 },
  { name: 'Liver', center: 90, width: 150 },
];

/** The presets of a modality. Only CT values have the same meaning on all devices. */
export const presetsFor = (modality: string): readonly WindowPreset[] => (modality === 'CT' ? CT : []);
