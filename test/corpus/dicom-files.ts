import { existsSync, readFileSync } from 'node:fs';

/** Third-party files beside the project, with the results of two independent decoders for each. */
const folder = new URL('../../../shared/data/dicom/', import.meta.url);

/** One file, as the manifest describes it. */
export interface CorpusFile {
  file: string;
  transferSyntax: string;
  flags: string;
  /** SHA-256 of the decoded pixels; empty for a file without pixels. */
  pixelHash: string;
}

/** Whether the files are there. */
export const hasCorpus = existsSync(folder);

/** All files. */
export const corpusFiles: CorpusFile[] = hasCorpus ? readManifest() : [];

/** Its name without its source. */
export const nameOf = ({ file }: CorpusFile) => file.replace(/^.*?__.*?\//, '');

/** Its bytes. */
export const bytesOf = ({ file }: CorpusFile) => Buffer.from(readFileSync(new URL(file, folder)));

function readManifest(): CorpusFile[] {
  const lines = readFileSync(new URL('MANIFEST.tsv', folder), 'utf8').trimEnd().split('\n').slice(1);
  return lines
    .map((line) => line.split('\t'))
    .map((cells) => ({
      file: cells[0] ?? '',
      transferSyntax: cells[6] ?? '',
      flags: cells[19] ?? '',
      pixelHash: cells[21] ?? '',
    }));
}
