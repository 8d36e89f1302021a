import { Printer } from 'lucide-react';
import { useState } from 'react';
import type { Image } from '../api/types.ts';
import { text } from '../messages/text.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Failure } from '../parts/failure.tsx';
import { LAYOUTS, type PerPage, PrintSheet } from './print-sheet.tsx';
import { usePrinting } from './use-printing.ts';

interface PrintDialogProps {
  patientId: string;
  /** The name of the batch, or of the list. */
  title: string;
  images: readonly Image[];
  onClose: () => void;
}

const CHOICES = Object.keys(LAYOUTS).map(Number) as PerPage[];

/** Asks for the number of images on a page, loads them in the size for paper, and prints. */
export function PrintDialog({ patientId, title, images, onClose }: PrintDialogProps) {
  const [perPage, setPerPage] = useState<PerPage>(4);
  // Prints the images that were selected when the dialog was opened.
  const [chosen] = useState(images);
  const { ready, urls, failure, print, draw } = usePrinting(patientId, chosen);
  return (
    <Dialog title={text('print.title', { count: chosen.length })} onClose={onClose}>
      <p className="quiet">{text('print.contents')}</p>
      <label>
        {text('print.per-page')}
        <select value={perPage} onChange={({ target }) => setPerPage(Number(target.value) as PerPage)}>
          {CHOICES.map((choice) => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
        </select>
      </label>
      <Failure>{failure}</Failure>
      <p className="quiet" role="status">
        {ready !== undefined && text('print.progress', { ready, total: chosen.length })}
      </p>
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          {text('print.close')}
        </button>
        <button type="button" className="button primary" onClick={print} disabled={ready !== undefined}>
          <Printer size={18} aria-hidden /> {text('print.action')}
        </button>
      </div>
      {urls && (
        <PrintSheet
          patientId={patientId}
          batchName={title}
          images={chosen}
          urls={urls}
          perPage={perPage}
          onDrawn={draw}
        />
      )}
    </Dialog>
  );
}
