import { Printer } from 'lucide-react';
import { useState } from 'react';
import type { Image } from '../api/types.ts';
import { text } from '../messages/text.ts';
import { Check } from '../parts/check.tsx';
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
  const mayBeAnnotated = chosen.some(({ annotated_at: at }) => at !== undefined);
  const [isAnnotated, setAnnotated] = useState(false);
  const { ready, printable, failure, print, draw } = usePrinting(patientId, chosen);
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
      {mayBeAnnotated && (
        <Check label={text('annotations.in-copy')} isChecked={isAnnotated} onCheck={setAnnotated} />
      )}
      <Failure>{failure}</Failure>
      <p className="quiet" role="status">
        {ready !== undefined && text('print.progress', { ready, total: chosen.length })}
      </p>
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          {text('print.close')}
        </button>
        <button
          type="button"
          className="button primary"
          onClick={() => print(isAnnotated)}
          disabled={ready !== undefined}
        >
          <Printer size={18} aria-hidden /> {text('print.action')}
        </button>
      </div>
      {printable && (
        <PrintSheet
          patientId={patientId}
          batchName={title}
          images={chosen}
          printable={printable}
          perPage={perPage}
          onDrawn={draw}
        />
      )}
    </Dialog>
  );
}
