/** X-Ray Angiographic, X-Ray Radiofluoroscopic and X-Ray Angiographic Bi-Plane Image Storage. */
const classes = ['12.1', '12.2', '12.3'].map((part) => `1.2.840.10008.5.1.4.1.1.${part}`);

/**
 * Whether the modality LUT of this SOP class gives the intensity of the X-ray beam (PS3.3 C.8.7.1.1.2). Such images are
 * displayed by their stored values: their windows refer to these.
 */
export const isProjectionImage = (sopClassUid: string | undefined): boolean =>
  classes.includes(sopClassUid ?? '');
