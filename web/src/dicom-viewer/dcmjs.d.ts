/** The page uses only the dictionary of dcmjs, which is a dependency of Cornerstone. */
declare module 'dcmjs' {
  export const data: {
    DicomMetaDictionary: { dictionary: Partial<Record<string, { name: string }>> };
  };
}
