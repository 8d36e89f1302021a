import type { Primaries, TransferFunction } from './icc-profile.ts';

const d65 = [0.3127, 0.329] as const;
export const bt709: Primaries = { white: d65, red: [0.64, 0.33], green: [0.3, 0.6], blue: [0.15, 0.06] };

/** ColourPrimaries of ITU-T H.273, table 2. */
export const primariesByNumber: Record<number, Primaries> = {
  1: bt709,
  4: { white: [0.31, 0.316], red: [0.67, 0.33], green: [0.21, 0.71], blue: [0.14, 0.08] },
  5: { white: d65, red: [0.64, 0.33], green: [0.29, 0.6], blue: [0.15, 0.06] },
  6: { white: d65, red: [0.63, 0.34], green: [0.31, 0.595], blue: [0.155, 0.07] },
  7: { white: d65, red: [0.63, 0.34], green: [0.31, 0.595], blue: [0.155, 0.07] },
  9: { white: d65, red: [0.708, 0.292], green: [0.17, 0.797], blue: [0.131, 0.046] },
  11: { white: [0.314, 0.351], red: [0.68, 0.32], green: [0.265, 0.69], blue: [0.15, 0.06] },
  12: { white: d65, red: [0.68, 0.32], green: [0.265, 0.69], blue: [0.15, 0.06] },
};

export const srgbToLight: TransferFunction = (v) =>
  v <= 0.040_45 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
export const lightToSrgb: TransferFunction = (light) =>
  light <= 0.003_130_8 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055;

/** The luminance of paper white in high dynamic range (ITU-R BT.2408). Brighter samples become white. */
const REFERENCE_WHITE = 203;

/** TransferCharacteristics of ITU-T H.273, table 3. As in browsers, video transfer functions are treated as sRGB. */
export const transferByNumber: Record<number, TransferFunction> = {
  1: srgbToLight,
  4: (v) => v ** 2.2,
  5: (v) => v ** 2.8,
  6: srgbToLight,
  8: (v) => v,
  13: srgbToLight,
  14: srgbToLight,
  15: srgbToLight,
  16: (v) => (10_000 * perceptualQuantizer(v)) / REFERENCE_WHITE,
  18: (v) => (1000 * hybridLogGamma(v) ** 1.2) / REFERENCE_WHITE,
};

/** SMPTE ST 2084. */
function perceptualQuantizer(v: number): number {
  const power = v ** (1 / 78.843_75);
  return (Math.max(0, power - 0.835_937_5) / (18.851_562_5 - 18.6875 * power)) ** (1 / 0.159_301_757_812_5);
}

/** ARIB STD-B67. */
const hybridLogGamma: TransferFunction = (v) =>
  v <= 0.5 ? v ** 2 / 3 : (Math.exp((v - 0.559_910_73) / 0.178_832_77) + 0.284_668_92) / 12;
