import { useEffect, useRef, useState } from 'react';
import { explain } from '../api/api-error.ts';
import type { Image } from '../api/types.ts';
import { text } from '../messages/text.ts';
import { useIdentity } from '../patient-banner/identity.ts';
import { freePrintable, readPrintable } from './printable.ts';

/** Loads images in the size for paper, and opens the browser's print dialog once the sheet has them. */
export function usePrinting(patientId: string, images: readonly Image[]) {
  const [ready, setReady] = useState<number>();
  const [urls, setUrls] = useState<ReadonlyMap<string, string>>();
  const [failure, setFailure] = useState<string>();
  const ending = useRef<AbortController>(undefined);
  const isAsked = useRef(false);
  // Read now, so that the sheet has the name when it is printed.
  useIdentity(patientId);

  useEffect(() => () => void (urls && freePrintable(urls)), [urls]);
  useEffect(() => () => ending.current?.abort(), []);
  /** The browser prints the current state of the page: printing must wait for the images. */
  const draw = async (sheet: HTMLElement | null) => {
    if (!sheet || !isAsked.current) return;
    isAsked.current = false;
    await Promise.all([...sheet.querySelectorAll('img')].map((picture) => picture.decode()));
    window.print();
  };
  const print = async () => {
    isAsked.current = true;
    setFailure(undefined);
    if (urls) return draw(document.querySelector<HTMLElement>('.print-sheet'));
    ending.current = new AbortController();
    const { signal } = ending.current;
    setReady(0);
    try {
      setUrls(await readPrintable(images, setReady, signal));
    } catch (error) {
      if (!signal.aborted) setFailure(text('print.failed', { reason: explain(error) }));
    }
    setReady(undefined);
  };
  return { ready, urls, failure, print, draw };
}
