import { ApiError, explain } from '../api/api-error.ts';
import { api, authorizedFetch, bodyOf } from '../api/client.ts';
import type { Batch, ExportArchive } from '../api/types.ts';
import { saveBytes, saveFile } from '../parts/save-file.ts';
import { ExportFailed, finishedExport } from './finished-export.ts';

/** Larger archives are not kept in the page's memory: the service builds them in S3, and the browser downloads them from there. */
const MOST_IN_MEMORY_BYTES = 16 * 1024 * 1024;
/** The number of ids that fit into a URL. */
const MOST_IDS = 170;
/** The key in this tab's storage: the exports that a reload continues. */
const STORAGE_KEY = 'negatoscope.exports';

/** A ZIP that was asked for. */
export interface ZipDownload {
  id: string;
  subject: string;
  batch: Pick<Batch, 'id' | 'name'>;
  /** Empty for all images of the batch. */
  imageIds: readonly string[];
  /** Whether edited images are in it as they are shown. */
  asEdited: boolean;
  /** The export that makes it, if it is too large to be streamed. */
  exportId?: string | undefined;
  state: 'making' | 'several' | 'failed';
  /** 0 to 1; of an export. */
  progress?: number | undefined;
  reason?: string | undefined;
  /** If it is several. */
  archives?: readonly ExportArchive[] | undefined;
}

/** Makes ZIPs while the user looks at other pages. One that fails continues with the export that was started for it. */
export class ZipDownloads {
  readonly #subject: string;
  readonly #listeners = new Set<() => void>();
  #shown: readonly ZipDownload[] = [];

  constructor(subject: string) {
    this.#subject = subject;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly shown = (): readonly ZipDownload[] => this.#shown;

  /** Continues the exports of this tab after a reload. */
  resume(): void {
    const kept = JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? '[]') as ZipDownload[];
    for (const each of kept) {
      if (each.subject !== this.#subject || this.#shown.some(({ id }) => id === each.id)) continue;
      this.#put(each);
      if (each.state === 'making') void this.#make(each);
    }
  }

  /** Downloads a batch, or some of its images. */
  start({ id, name }: Pick<Batch, 'id' | 'name'>, imageIds: readonly string[] = [], asEdited = false): void {
    const download: ZipDownload = {
      id: crypto.randomUUID(),
      subject: this.#subject,
      batch: { id, name },
      imageIds,
      asEdited,
      state: 'making',
    };
    this.#put(download);
    void this.#make(download);
  }

  retry(id: string): void {
    const failed = this.#get(id);
    if (!failed) return;
    const again = { ...failed, state: 'making' as const, reason: undefined };
    this.#put(again);
    void this.#make(again);
  }

  remove(id: string): void {
    this.#show(this.#shown.filter((each) => each.id !== id));
  }

  async #make(download: ZipDownload): Promise<void> {
    const { id } = download;
    try {
      const exportId = download.exportId ?? (await this.#streamed(download));
      if (exportId === undefined) return this.remove(id);
      this.#update(id, { exportId });
      const onProgress = (progress: number) => this.#update(id, { progress });
      const isWanted = () => this.#get(id) !== undefined;
      const archives = await finishedExport(exportId, onProgress, isWanted);
      const [only, ...others] = archives;
      // By the browser's own download, which continues after a network error. It asks the user before it starts several at once.
      if (only && others.length === 0) {
        saveFile(only.url);
        this.remove(id);
      } else if (only) this.#update(id, { state: 'several', archives });
    } catch (error) {
      // An export that has failed, or is gone after a day, is made anew.
      const isGone = error instanceof ExportFailed || (error instanceof ApiError && error.status === 404);
      this.#update(id, { state: 'failed', reason: explain(error), ...(isGone && { exportId: undefined }) });
    }
  }

  /** Saves an archive that is small enough. Returns the id of an export otherwise. */
  async #streamed({ batch, imageIds, asEdited }: ZipDownload): Promise<string | undefined> {
    // The service has to make copies of edited images first.
    if (asEdited || imageIds.length > MOST_IDS) return startExport(batch.id, imageIds, asEdited);
    const query = imageIds.length > 0 ? `?image_ids=${imageIds.join(',')}` : '';
    const response = await authorizedFetch(`/api/images/batches/${batch.id}/download${query}`);
    if (response.status === 200) {
      if (Number(response.headers.get('content-length')) > MOST_IN_MEMORY_BYTES) {
        await response.body?.cancel();
        return startExport(batch.id, imageIds, asEdited);
      }
      saveBytes(await response.blob(), `${batch.name.replaceAll(/[\\/:*?"<>|]/g, '-')}.zip`);
      return undefined;
    }
    const body: { id?: string; message?: string } = await response.json();
    if (response.status === 202 && body.id) return body.id;
    throw new ApiError(response.status, body.message ?? response.statusText);
  }

  #get(id: string): ZipDownload | undefined {
    return this.#shown.find((each) => each.id === id);
  }

  #put(download: ZipDownload): void {
    const others = this.#shown.filter(({ id }) => id !== download.id);
    this.#show([...others, download]);
  }

  #update(id: string, changes: Partial<ZipDownload>): void {
    this.#show(this.#shown.map((each) => (each.id === id ? { ...each, ...changes } : each)));
  }

  #show(shown: readonly ZipDownload[]): void {
    this.#shown = shown;
    // Signed URLs do not outlive the tab; the export is asked for new ones.
    const kept = shown.filter(({ exportId }) => exportId !== undefined);
    sessionStorage.setItem(
      STORAGE_KEY,
      JSON.stringify(
        kept.map(({ archives: _archives, ...each }) => ({
          ...each,
          state: each.state === 'failed' ? 'failed' : 'making',
        })),
      ),
    );
    for (const listener of this.#listeners) listener();
  }
}

async function startExport(batchId: string, imageIds: readonly string[], asEdited: boolean): Promise<string> {
  const { id } = await bodyOf(
    api.POST('/api/images/batches/{id}/exports', {
      params: { path: { id: batchId } },
      headers: { 'Idempotency-Key': crypto.randomUUID() },
      // Without ids, all images.
      body: {
        ...(imageIds.length > 0 && { image_ids: [...imageIds] }),
        ...(asEdited && { as_edited: true }),
      },
    }),
  );
  return id;
}
