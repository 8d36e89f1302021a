/** Reads attributes by tag (`GGGGEEEE`): from a data set in a file, or from DICOM JSON in the page. */
export interface AttributeReader {
  /** All numbers, binary or as text; empty if the attribute is absent, empty or not numeric. */
  numbers(tag: string): readonly number[];
  /** The first text; undefined if there is none. */
  text(tag: string): string | undefined;
  /** The items of a sequence. */
  items(tag: string): readonly AttributeReader[];
  /** The value as little endian bytes; undefined if it is absent or empty. The page may have to fetch it. */
  bytes(tag: string): Uint8Array | undefined | Promise<Uint8Array | undefined>;
}

/**
 * The data sets that may describe a frame, the most specific first: its functional groups, the shared functional groups
 * (PS3.3 C.7.6.16), and the image's own data set.
 */
export function groupsOfFrame(image: AttributeReader, frame: number, group: string): AttributeReader[] {
  const items = [image.items('52009230')[frame], image.items('52009229')[0]];
  return [...items.map((item) => item?.items(group)[0]), image].filter((reader) => reader !== undefined);
}
