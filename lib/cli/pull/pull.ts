import { CliError } from '../cli-error.ts';
import { inParallel } from '../in-parallel.ts';
import type { Report } from '../report.ts';
import { RefusedRequest, type ServiceClient } from '../service-client.ts';
import { type Download, download } from './download.ts';
import { dicomFilesOf, filesOfStudy, imagesOf } from './find-downloads.ts';

interface Deps {
  client: ServiceClient;
  report: Report;
  atOnce: number;
  signal: AbortSignal;
}

/** Downloads the files of a study into a folder, as `<series>/<instance>.dcm`. Files that exist already are skipped. */
export async function pullStudy(study: string, dir: string, deps: Deps): Promise<void> {
  const files = await filesOfStudy(study, deps.client);
  if (files.length === 0) throw new CliError(`There is no study ${study}.`);
  await downloadAll(files, dir, deps);
}

/**
 * Downloads what the service has of a patient into a folder: the studies as `<study>/<series>/<instance>.dcm`, and the
 * images as they were uploaded. Files that exist already are skipped.
 */
export async function pullPatient(patient: string, dir: string, deps: Deps): Promise<void> {
  const { client, report } = deps;
  const files = await dicomFilesOf(patient, client);
  try {
    files.push(...(await imagesOf(patient, client)));
  } catch (error) {
    // An API key may read DICOM files, but list no images.
    if (!(error instanceof RefusedRequest) || error.status !== 403) throw error;
    report.count('failed', 'images', `can not be listed: ${error.message}`);
  }
  if (files.length + report.done === 0)
    throw new CliError(`The service has nothing of the patient ${patient}.`);
  await downloadAll(files, dir, deps);
}

async function downloadAll(
  files: readonly Download[],
  dir: string,
  { client, report, atOnce, signal }: Deps,
): Promise<void> {
  report.total = files.length + report.done;
  const onBytes = (bytes: number) => report.transferred(bytes);
  await inParallel(files, atOnce, async (file) => {
    try {
      report.count(await download(file, dir, { client, onBytes, signal }), file.name);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof CliError) throw error;
      report.count('failed', file.name, error instanceof Error ? error.message : String(error));
    }
  });
}
