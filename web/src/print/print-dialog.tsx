import { Printer } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { explain } from '../api/api-error.ts';
import type { Image } from '../api/types.ts';
import { text } from '../messages/text.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Failure } from '../parts/failure.tsx';
import { useIdentity } from '../patient-banner/identity.ts';
import { LAYOUTS, type PerPage, PrintSheet } from './print-sheet.tsx';
import { freePrintable, readPrintable } from './printable.ts';

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
  const [ready, setReady] = useState<number>();
  const [urls, setUrls] = useState<ReadonlyMap<string, string>>();
  const [failure, setFailure] = useState<string>();
  const [ending] = useState(() => new AbortController());
  // Prints the images that were selected when the dialog was opened.
  const [chosen] = useState(images);
  const isAsked = useRef(false);
  // Read now, so that the sheet has the name when it is printed.
  useIdentity(patientId);

  useEffect(() => () => void (urls && freePrintable(urls)), [urls]);
  const close = () => {
    ending.abort();
    onClose();
  };
  const print = async () => {
    isAsked.current = true;
    setFailure(undefined);
    if (urls) return draw(document.querySelector<HTMLElement>('.print-sheet'));
    setReady(0);
    try {
      setUrls(await readPrintable(chosen, setReady, ending.signal));
    } catch (error) {
      if (!ending.signal.aborted) setFailure(text('print.failed', { reason: explain(error) }));
    }
    setReady(undefined);
  };
  /** The browser prints the current state of the page: printing must wait for the images. */
  const draw = async (sheet: HTMLElement | null) => {
    if (!sheet || !isAsked.current) return;
    isAsked.current = false;
    await Promise.all([...sheet.querySelectorAll('img')].map((picture) => picture.decode()));
    window.print();
  };
  return (
    <Dialog title={text('print.title', { count: chosen.length })} onClose={close}>
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
        <button type="button" className="button" onClick={close}>
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
