/** Reads attributes by tag (`GGGGEEEE`): of a data set in a file, or of one in DICOM JSON, which the page has. */
export interface AttributeReader {
  /** All numbers, binary or as text; none where the attribute is absent, empty or no numbers. */
  numbers(tag: string): readonly number[];
  /** The first text; undefined where there is none. */
  text(tag: string): string | undefined;
  /** The items of a sequence. */
  items(tag: string): readonly AttributeReader[];
  /** The value as little endian bytes; undefined where it is absent or empty. The page may have to fetch it. */
  bytes(tag: string): Uint8Array | undefined | Promise<Uint8Array | undefined>;
}

/**
 * The data sets in which something of a frame may be said, the most particular first: its functional groups, those that
 * all frames share (PS3.3 C.7.6.16), and the image's own data set.
 */
export function groupsOfFrame(image: AttributeReader, frame: number, group: string): AttributeReader[] {
  const items = [image.items('52009230')[frame], image.items('52009229')[0]];
  return [...items.map((item) => item?.items(group)[0]), image].filter((reader) => reader !== undefined);
}
