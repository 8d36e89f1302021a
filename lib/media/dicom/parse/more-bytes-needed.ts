/** Thrown for the beginning of a file in which the header does not end: at least `bytes` of the file are needed. */
export class MoreBytesNeeded extends Error {
  override readonly name = 'MoreBytesNeeded';
  readonly bytes: number;

  constructor(bytes: number) {
    super(`the header goes on: at least ${bytes} bytes are needed`);
    this.bytes = bytes;
  }
}
