import type { Touches } from './operation.ts';

/** One event function, declared once: what wakes it, its rights and sizes. */
export interface Trigger {
  /** Also the name of its folder and of its function. */
  id: string;
  summary: string;
  /** What a user loses while this function fails: the text of its alarm. */
  costOfFailure: string;
  source:
    | {
        /** S3 ObjectCreated events under a prefix, through a queue of its own. */
        objectsUnder: 'incoming/';
        batchSize: number;
        maximumConcurrency: number;
        maximumReceives: number;
      }
    | {
        /** Items that leave the table (deleted or expired), by the beginning of their partition key. */
        itemsRemoved: readonly string[];
        batchSize: number;
        maximumRetries: number;
      };
  touches: Touches;
  memoryMb: number;
  timeoutSeconds: number;
  /** Names of the layers under `layers/` that it loads. */
  layers?: readonly string[];
  /** Files beside the handler that its bundle needs. */
  assets?: readonly string[];
  /** Scripts that it runs in processes of their own: bundled beside it as ES modules of the same name. */
  processes?: readonly string[];
}

/** Declares an event function; its own types are kept. */
export const defineTrigger = <const T extends Trigger>(trigger: T): T => trigger;
