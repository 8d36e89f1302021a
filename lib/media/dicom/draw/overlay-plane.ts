/** A plane of single bits over a frame (PS3.3 C.9.2): arrows, measures and names that belong to the image. */
export interface OverlayPlane {
  rows: number;
  columns: number;
  /** Of the upper left corner, from 1; may be outside. */
  top: number;
  left: number;
  isSet: (index: number) => boolean;
}
