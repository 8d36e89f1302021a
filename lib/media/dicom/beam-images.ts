/** X-Ray Angiographic, X-Ray Radiofluoroscopic and X-Ray Angiographic Bi-Plane Image Storage. */
const classes = ['12.1', '12.2', '12.3'].map((part) => `1.2.840.10008.5.1.4.1.1.${part}`);

/**
 * Whether the modality LUT of images of this SOP class leads back to the intensity of the beam (PS3.3 C.8.7.1.1.2), which
 * nobody looks at: their windows are of the stored values.
 */
export const isOfBeam = (sopClassUid: string | undefined): boolean => classes.includes(sopClassUid ?? '');
