/** The tests read what the page has written; dcmjs is a dependency of Cornerstone. */
declare module 'dcmjs' {
  export const data: {
    DicomMessage: { readFile(bytes: ArrayBuffer): { dict: object } };
    DicomMetaDictionary: {
      dictionary: Partial<Record<string, { name: string }>>;
      naturalizeDataset(dict: object): object;
    };
  };
}
