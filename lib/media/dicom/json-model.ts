// Apart from what reads and writes it, so that the page takes only the types.

/** An attribute of the DICOM JSON model (PS3.18 F.2.2). */
export interface JsonAttribute {
  vr: string;
  Value?: (string | number | null | JsonPersonName | DicomJson)[];
  BulkDataURI?: string;
  InlineBinary?: string;
}

/** The component groups of a name (PS3.5 6.2.1.1). */
export interface JsonPersonName {
  Alphabetic?: string;
  Ideographic?: string;
  Phonetic?: string;
}

/** A data set as DICOM JSON (PS3.18 F.2): attributes by tag, in ascending order. */
export type DicomJson = { [tag: string]: JsonAttribute };
