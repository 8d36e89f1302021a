import { ChevronLeft, ChevronRight, Columns2, Download, Printer, SlidersHorizontal, X } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { IMAGES_PER_CHANGE } from '../../../lib/domain/limits/request-limits.ts';
import { explain } from '../api/api-error.ts';
import { api, bodyOf } from '../api/client.ts';
import type { Batch, Category, Image } from '../api/types.ts';
import { mayEdit } from '../edits/may-edit.ts';
import { CategoryMenu } from '../images/category-menu.tsx';
import { Failure } from '../parts/failure.tsx';
import { IconButton } from '../parts/icon-button.tsx';
import { useSession } from '../session/session-provider.tsx';
import type { Pair } from './patient-compare.tsx';
import './selection-bar.css';

const EditDialog = lazy(() => import('../edits/edit-dialog.tsx').then((m) => ({ default: m.EditDialog })));
const PrintDialog = lazy(() => import('../print/print-dialog.tsx').then((m) => ({ default: m.PrintDialog })));

interface SelectionBarProps {
  batch: Batch;
  images: readonly Image[];
  onDownload: () => void;
  onCompare: (pair: Pair) => void;
  onMove: (step: -1 | 1) => void;
  onClear: () => void;
}

/** The actions for the selected images. */
export function SelectionBar({ batch, images, onDownload, onCompare, onMove, onClear }: SelectionBarProps) {
  const [failure, setFailure] = useState<string>();
  const [isPrinting, setPrinting] = useState(false);
  const [isEditing, setEditing] = useState(false);
  const { person } = useSession();
  const [one, other, third] = images;
  const categorize = async (category: Category) => {
    try {
      for (let start = 0; start < images.length; start += IMAGES_PER_CHANGE) {
        const ids = images.slice(start, start + IMAGES_PER_CHANGE).map(({ id }) => id);
        const { results } = await bodyOf(api.PATCH('/api/images', { body: { ids, category } }));
        if (results.some(({ status }) => status === 'failed'))
          throw new Error('Some images were not changed. Please try again.');
      }
      setFailure(undefined);
    } catch (reason) {
      setFailure(explain(reason));
    }
  };
  const compare = () => one && other && onCompare({ batchId: batch.id, ids: [one.id, other.id] });
  return (
    <div className="selection" role="toolbar" aria-label="Selection">
      <div className="selection-row">
        <button type="button" className="button primary small" onClick={onDownload}>
          <Download size={16} aria-hidden /> Download {images.length} selected
        </button>
        <IconButton icon={X} onClick={onClear} label="Clear the selection" title="Clear" />
      </div>
      <div className="selection-row">
        <CategoryMenu
          value=""
          empty="Set category …"
          label="Category of the selection"
          onChange={categorize}
        />
        <IconButton icon={ChevronLeft} onClick={() => onMove(-1)} label="Move earlier" title="Move earlier" />
        <IconButton icon={ChevronRight} onClick={() => onMove(1)} label="Move later" title="Move later" />
        <IconButton
          icon={Columns2}
          onClick={compare}
          disabled={!other || third !== undefined}
          label="Compare"
          title={other && !third ? 'Compare the two' : 'Select two images to compare them'}
        />
        {images.every((image) => mayEdit(person, image)) && (
          <IconButton
            icon={SlidersHorizontal}
            onClick={() => setEditing(true)}
            label="Edit"
            title="Edit all"
          />
        )}
        <IconButton
          icon={Printer}
          onClick={() => setPrinting(true)}
          label="Print"
          title="Print with captions"
        />
      </div>
      <Failure>{failure}</Failure>
      {isEditing && (
        <Suspense>
          <EditDialog images={images} onClose={() => setEditing(false)} />
        </Suspense>
      )}
      {isPrinting && (
        <Suspense>
          <PrintDialog batch={batch} images={images} onClose={() => setPrinting(false)} />
        </Suspense>
      )}
    </div>
  );
}
