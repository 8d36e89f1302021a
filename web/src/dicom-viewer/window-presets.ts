/** A named window. */
export interface WindowPreset {
  id: 'soft-tissue' | 'lung' | 'bone' | 'brain' | 'liver';
  center: number;
  width: number;
}

/** The usual windows of a CT, in Hounsfield units. */
const CT: readonly WindowPreset[] = [
  { id: 'soft-tissue', center: 40, width: 400 },
  { id: 'lung', center: -600, width: 1500 },
  { id: 'bone', center: 480, width: 2500 },
  { id: 'brain', center: 40, width: 80 },
  { id: 'liver', center: 90, width: 150 },
];

/** The presets of a modality. Only CT values have the same meaning on all devices. */
export const presetsFor = (modality: string): readonly WindowPreset[] => (modality === 'CT' ? CT : []);
