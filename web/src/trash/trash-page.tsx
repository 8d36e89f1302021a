import { type QueryClient, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { RotateCcw } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { explain } from '../api/api-error.ts';
import { api, bodyOf } from '../api/client.ts';
import type { DeletedDicom, DeletedItems } from '../api/types.ts';
import { useToasts } from '../changes/toasts-provider.tsx';
import { restoreBatch, restoreImages, restoreStudy } from '../changes/use-deletion.ts';
import { categoryLabel } from '../images/categories.ts';
import { text } from '../messages/text.ts';
import { PatientCard } from '../moves/patient-card.tsx';
import { formatClinicDay, formatClinicTime, formatLocalDay } from '../parts/format.ts';
import { Message } from '../parts/message.tsx';
import { QueryStatus } from '../parts/query-status.tsx';
import './trash-page.css';

/** Something deleted, as the page lists it. */
interface Deleted {
  id: string;
  name: string;
  facts: string;
  deletedAt: string;
  until: string;
  restore: (queries: QueryClient) => Promise<void>;
}

/**
 * What was deleted of a patient and can be restored: batches, images and DICOM. Without a patient: DICOM of all patients and of
 * nobody.
 */
export function TrashPage({ patientId }: { patientId: string | undefined }) {
  const images = useDeletedImages(patientId);
  const dicom = useDeletedDicom(patientId);
  useEffect(() => {
    document.title = text('trash.title', { patient: patientId });
  }, [patientId]);
  const pages = images.data?.pages ?? [];
  const items = [
    ...(pages[0]?.batches ?? []).map(batchItem),
    ...pages.flatMap((page) => page.images).map(imageItem),
    ...(dicom.data?.pages ?? []).flatMap((page) => page.deleted).map(dicomItem),
  ].toSorted((a, b) => (a.deletedAt < b.deletedAt ? 1 : -1));
  const isEmpty = items.length === 0 && dicom.isSuccess && (images.isSuccess || patientId === undefined);
  const more = [images, dicom].filter(({ hasNextPage }) => hasNextPage);
  return (
    <main className="page trash">
      <div className="trash-head">
        <h1>{text('trash.heading')}</h1>
        {patientId !== undefined && (
          <Link href={`/patients/${encodeURIComponent(patientId)}`}>{text('trash.back')}</Link>
        )}
      </div>
      {patientId === undefined ? (
        <p className="quiet">{text('trash.all-patients')}</p>
      ) : (
        <PatientCard patientId={patientId} />
      )}
      {patientId !== undefined && <QueryStatus what="deleted-images" answer={images} />}
      <QueryStatus what="deleted-dicom" answer={dicom} />
      {isEmpty && <Message title={text('trash.empty')}>{text('trash.empty-hint')}</Message>}
      {items.length > 0 && (
        <ul className="trash-list" aria-label={text('trash.deleted')}>
          {items.map((item) => (
            <DeletedRow key={item.id} item={item} />
          ))}
        </ul>
      )}
      {more.length > 0 && (
        <button
          type="button"
          className="button"
          disabled={more.some(({ isFetchingNextPage }) => isFetchingNextPage)}
          onClick={() => {
            for (const list of more) void list.fetchNextPage();
          }}
        >
          {text('trash.more')}
        </button>
      )}
    </main>
  );
}

function DeletedRow({ item }: { item: Deleted }) {
  const queries = useQueryClient();
  const toasts = useToasts();
  const [isBusy, setBusy] = useState(false);
  const restore = async () => {
    setBusy(true);
    try {
      await item.restore(queries);
      toasts.say(text('trash.restored', { name: item.name }));
    } catch (error) {
      toasts.say(text('trash.not-restored', { reason: explain(error) }), { tone: 'bad', retry: restore });
    }
    setBusy(false);
  };
  return (
    <li className="card">
      <div className="trash-what">
        <b>{item.name}</b>
        <span className="quiet">{item.facts}</span>
        <span className="quiet">
          {text('trash.when', {
            deleted: formatClinicTime(item.deletedAt),
            until: formatClinicDay(item.until),
          })}
        </span>
      </div>
      <button
        type="button"
        className="button small"
        onClick={restore}
        disabled={isBusy}
        aria-label={text('trash.restore-item', { name: item.name })}
      >
        <RotateCcw size={16} className={isBusy ? 'turning' : ''} aria-hidden />
        {text(isBusy ? 'trash.restoring' : 'trash.restore')}
      </button>
    </li>
  );
}

const useDeletedImages = (id = '') =>
  useInfiniteQuery({
    queryKey: ['deleted', 'images', id],
    queryFn: ({ pageParam: cursor, signal }) =>
      bodyOf(api.GET('/api/patients/{id}/deleted', { params: { path: { id }, query: { cursor } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    enabled: id !== '',
    staleTime: 0,
  });

const useDeletedDicom = (patient_id: string | undefined) =>
  useInfiniteQuery({
    queryKey: ['deleted', 'dicom', patient_id],
    queryFn: ({ pageParam: cursor, signal }) =>
      bodyOf(api.GET('/dicom/deleted', { params: { query: { patient_id, cursor } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    staleTime: 0,
  });

const batchItem = (batch: DeletedItems['batches'][number]): Deleted => ({
  id: batch.id,
  name: batch.name,
  facts: text('trash.batch', { day: formatClinicDay(batch.created_at) }),
  deletedAt: batch.deleted_at,
  until: batch.restorable_until,
  restore: (queries) => restoreBatch(queries, batch.id),
});

const imageItem = (image: DeletedItems['images'][number]): Deleted => ({
  id: image.id,
  name: image.original_name,
  facts: [text('trash.image', { category: categoryLabel(image.category) }), image.caption]
    .filter(Boolean)
    .join(' · '),
  deletedAt: image.deleted_at,
  until: image.restorable_until,
  restore: (queries) => restoreImages(queries, [image]),
});

const dicomItem = (dicom: DeletedDicom): Deleted => {
  const { study_instance_uid: study, series_instance_uid: series, sop_instance_uid: instance } = dicom;
  const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)$/.exec(dicom.study_date) ?? [];
  return {
    id: [study, series, instance].filter(Boolean).join('/'),
    name: dicom.study_description || text('trash.unnamed-study'),
    facts: [
      text(`trash-dicom.${dicom.level}`),
      year && formatLocalDay(`${year}-${month}-${day}`),
      dicom.patient_id ?? text('trash.no-patient'),
    ]
      .filter(Boolean)
      .join(' · '),
    deletedAt: dicom.deleted_at,
    until: dicom.restorable_until,
    restore: (queries) => restoreStudy(queries, { study, series, instance }),
  };
};
