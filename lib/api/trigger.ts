import type { Permissions } from './operation.ts';

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
        objectsUnder: 'incoming/' | 'incoming-dicom/' | 'exports/';
        /** Of these, only those whose key ends so. */
        named?: string;
        /** When a message comes again that was not handled; six times the function's time if left out. */
        visibilityTimeoutSeconds?: number;
        batchSize: number;
        maximumConcurrency: number;
        maximumReceives: number;
      }
    | {
        /** Items that have an attribute, by the beginning of their partition key, as long as their status is this. */
        itemsMarked: { keys: string; attribute: string; status: string };
        batchSize: number;
        maximumRetries: number;
      }
    | {
        /** Items that leave the table (deleted or expired), by the beginning of their partition key. */
        itemsRemoved: readonly string[];
        batchSize: number;
      }
    | {
        /** Whatever happens to the events of the audit log, in its order. */
        auditChanged: true;
        batchSize: number;
        /** How long it waits for a batch to be full. */
        waitSeconds: number;
      }
    | {
        /** Items that come into the table, change or leave it, by the beginning of their partition key. */
        itemsChanged: readonly string[];
        batchSize: number;
        maximumRetries: number;
      }
    | {
        /**
         * Items that have come into the table, by the beginning of their partition key, through a queue of its own: for what
         * may take longer than the day that a stream keeps. The function says itself when a message comes again.
         */
        itemsStored: string;
        /** What its message has of the item: texts. */
        attributes: readonly string[];
        /** When a message comes again of which the function said nothing. */
        visibilityTimeoutSeconds: number;
        batchSize: number;
        maximumConcurrency: number;
        maximumReceives: number;
      }
    | {
        /** The clock. */
        everyMinutes: number;
      };
  /** The setting without which nothing of it is in the stack. */
  needs?: 'orthancUrl';
  permissions: Permissions;
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
