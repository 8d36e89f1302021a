/** All bytes of a stream. `buffer` of `node:stream/consumers` reads them through a Blob, which takes twice as long. */
export async function bytesOf(stream: AsyncIterable<Buffer>): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
