import { useEffect, useRef, useState } from 'react';
import { explain } from '../api/api-error.ts';
import type { Image } from '../api/types.ts';
import { text } from '../messages/text.ts';
import { useIdentity } from '../patient-banner/identity.ts';
import { freePrintable, type Printable, readAnnotationsOf, readPrintable } from './printable.ts';

const NONE: Printable['annotations'] = new Map();

/** Loads images in the size for paper, and opens the browser's print dialog once the sheet has them. */
export function usePrinting(patientId: string, images: readonly Image[]) {
  const [ready, setReady] = useState<number>();
  const [urls, setUrls] = useState<ReadonlyMap<string, string>>();
  const [printable, setPrintable] = useState<Printable>();
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
  /** @param isAnnotated whether the annotations are printed too, as they are now */
  const print = async (isAnnotated: boolean) => {
    setFailure(undefined);
    ending.current = new AbortController();
    const { signal } = ending.current;
    setReady(0);
    try {
      const annotations = isAnnotated ? await readAnnotationsOf(images, signal) : NONE;
      const pictures = urls ?? (await readPrintable(images, setReady, signal));
      // The sheet with them draws itself, then it is printed.
      isAsked.current = true;
      setUrls(pictures);
      setPrintable({ urls: pictures, annotations });
    } catch (error) {
      if (!signal.aborted) setFailure(text('print.failed', { reason: explain(error) }));
    }
    setReady(undefined);
  };
  return { ready, printable, failure, print, draw };
}
