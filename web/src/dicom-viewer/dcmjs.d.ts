/** Of dcmjs, which Cornerstone brings along, the page uses the dictionary alone. */
declare module 'dcmjs' {
  export const data: {
    DicomMetaDictionary: { dictionary: Partial<Record<string, { name: string }>> };
  };
}
