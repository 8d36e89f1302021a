import {
  ArrowRightLeft,
  CheckCheck,
  ChevronLeft,
  ChevronRight,
  Columns2,
  Download,
  Printer,
  SlidersHorizontal,
  Trash2,
  X,
} from 'lucide-react';
import { type FormEvent, useState } from 'react';
import type { EyeSide, Image } from '../../api/types.ts';
import { useDeletion } from '../../changes/use-deletion.ts';
import { useImageChanges } from '../../changes/use-image-changes.ts';
import { type Pair, pairOf } from '../../compare/pair.ts';
import { DownloadChoice } from '../../downloads/download-choice.tsx';
import { isEdited } from '../../edits/is-edited.ts';
import { mayEdit } from '../../edits/may-edit.ts';
import { CategoryMenu } from '../../images/category-menu.tsx';
import { EYE_SIDES } from '../../images/eye-sides.ts';
import { text } from '../../messages/text.ts';
import { Confirm } from '../../parts/dialog.tsx';
import { IconButton } from '../../parts/icon-button.tsx';
import { useSession } from '../../session/session-provider.tsx';
import { useShortcuts } from '../../shortcuts/use-shortcuts.ts';
import type { Selection } from './use-selection.ts';
import './selection-bar.css';
import { lazyPart } from '../../parts/lazy-part.ts';

const CompareChoice = lazyPart(() => import('../../compare/compare-choice.tsx'), 'CompareChoice');
const PrintDialog = lazyPart(() => import('../../print/print-dialog.tsx'), 'PrintDialog');
const EditDialog = lazyPart(() => import('../../edits/edit-dialog.tsx'), 'EditDialog');
const MoveDialog = lazyPart(() => import('../../moves/move-dialog.tsx'), 'MoveDialog');

interface SelectionBarProps {
  patientId: string;
  /** The name of the batch, or of the list. */
  title: string;
  selection: Selection;
  /** `asEdited`: with the edits of those that have some. */
  onDownload: (images: readonly Image[], asEdited: boolean) => void;
  onCompare: (pair: Pair) => void;
  /** Moves them before or after the others. Absent where the list has another order than that of the batch. */
  onReorder?: ((step: -1 | 1) => void) | undefined;
}

/** The actions for the selected images. */
export function SelectionBar({
  patientId,
  title,
  selection,
  onDownload,
  onCompare,
  onReorder,
}: SelectionBarProps) {
  const { person } = useSession();
  const change = useImageChanges();
  const { deleteImages } = useDeletion();
  const [asks, setAsks] = useState<'download' | 'compare' | 'edit' | 'print' | 'move' | 'delete'>();
  const { chosen: images } = selection;
  const [one, other, third] = images;
  const done = () => setAsks(undefined);
  const { mayDelete } = person;
  useShortcuts({ delete: mayDelete ? () => setAsks('delete') : undefined }, isElsewhere);
  const writeCaption = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const caption = String(new FormData(form).get('caption') ?? '').trim();
    if (caption !== '' && (await change(images, { caption }))) form.reset();
  };
  return (
    <div className="selection" role="toolbar" aria-label={text('selection.region')}>
      <div className="selection-row">
        <button
          type="button"
          className="button primary small"
          onClick={() => (images.some(isEdited) ? setAsks('download') : onDownload(images, false))}
        >
          <Download size={16} aria-hidden /> {text('selection.download', { count: images.length })}
        </button>
        <IconButton
          icon={CheckCheck}
          onClick={selection.selectAll}
          label={text('selection.select-all')}
          title={text('selection.select-all-hint')}
          disabled={selection.isLoadingAll}
        />
        <IconButton
          icon={X}
          onClick={selection.clear}
          label={text('selection.clear')}
          title={text('selection.clear-hint')}
        />
      </div>
      <div className="selection-row">
        <CategoryMenu
          value=""
          empty={text('selection.set-category')}
          label={text('selection.category')}
          onChange={(category) => void change(images, { category })}
        />
        <select
          className="category-menu"
          aria-label={text('selection.eye')}
          value=""
          onChange={({ target }) => void change(images, { eye_side: target.value as EyeSide })}
        >
          <option value="">{text('selection.set-eye')}</option>
          {Object.entries(EYE_SIDES).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </div>
      <form className="selection-row" onSubmit={writeCaption}>
        <input
          name="caption"
          placeholder={text('selection.caption-hint')}
          aria-label={text('selection.caption')}
          maxLength={2000}
          autoComplete="off"
        />
        <input
          type="date"
          aria-label={text('selection.day')}
          title={text('selection.day-hint')}
          onBlur={({ target }) => {
            if (!target.validity.valid || target.value === '') return;
            void change(images, { date_taken: target.value });
            target.value = '';
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            event.currentTarget.blur();
          }}
        />
      </form>
      <div className="selection-row tools">
        {onReorder && (
          <>
            <IconButton
              icon={ChevronLeft}
              onClick={() => onReorder(-1)}
              label={text('selection.earlier')}
              title={text('selection.earlier')}
            />
            <IconButton
              icon={ChevronRight}
              onClick={() => onReorder(1)}
              label={text('selection.later')}
              title={text('selection.later')}
            />
          </>
        )}
        <IconButton
          icon={Columns2}
          onClick={() => (one && other ? onCompare(pairOf(one, other)) : setAsks('compare'))}
          disabled={third !== undefined}
          label={text('selection.compare')}
          title={text(third ? 'compare.too-many' : other ? 'selection.compare-hint' : 'compare.other')}
        />
        {images.every((image) => mayEdit(person, image)) && (
          <IconButton
            icon={SlidersHorizontal}
            onClick={() => setAsks('edit')}
            label={text('selection.edit')}
            title={text('selection.edit-hint')}
          />
        )}
        <IconButton
          icon={Printer}
          onClick={() => setAsks('print')}
          label={text('selection.print')}
          title={text('selection.print-hint')}
        />
        {person.mayReassign && (
          <IconButton
            icon={ArrowRightLeft}
            onClick={() => setAsks('move')}
            label={text('selection.move')}
            title={text('selection.move-hint')}
          />
        )}
        {mayDelete && (
          <IconButton
            icon={Trash2}
            className="danger"
            onClick={() => setAsks('delete')}
            label={text('selection.delete')}
            title={text('selection.delete-hint')}
          />
        )}
        {selection.isLoadingAll && (
          <span className="quiet" role="status">
            {text('selection.loading-others')}
          </span>
        )}
      </div>
      {asks === 'download' && (
        <DownloadChoice onChoose={(asEdited) => onDownload(images, asEdited)} onClose={done} />
      )}
      {asks === 'compare' && one && (
        <CompareChoice
          patientId={patientId}
          image={one}
          onChoose={(pair) => {
            done();
            onCompare(pair);
          }}
          onClose={done}
        />
      )}
      {asks === 'edit' && <EditDialog images={images} onClose={done} />}
      {asks === 'print' && <PrintDialog patientId={patientId} title={title} images={images} onClose={done} />}
      {asks === 'move' && (
        <MoveDialog
          patientId={patientId}
          moved={{ kind: 'images', images, batchName: title }}
          onMoved={selection.clear}
          onClose={done}
        />
      )}
      {asks === 'delete' && (
        <Confirm
          title={text('selection.delete-title', { count: images.length })}
          action={text('selection.delete-action', { count: images.length })}
          onClose={done}
          onConfirm={() =>
            deleteImages(images.map(({ id, batch, original_name: name }) => ({ id, batch, name })))
          }
        >
          {images.length === 1
            ? text('selection.delete-one', { name: one?.original_name, patient: patientId })
            : text('selection.delete-several', { patient: patientId })}
        </Confirm>
      )}
    </div>
  );
}

const isElsewhere = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  target.closest('input:not([type=checkbox]), select, textarea, [role=dialog], [role=alertdialog]') !== null;
