import type { Permissions } from './operation.ts';

/** Changes of the table's items that a function receives through a queue of its own, one in each message. */
export type QueuedItems =
  | {
      /**
       * Changed items that have a string attribute (`map.string` if it is in a map), and one of the statuses if some are given,
       * by prefix of their partition key.
       */
      itemsMarked: readonly ItemMark[];
    }
  | {
      /** Items that are deleted from the table or expire, by prefix of their partition key. */
      itemsRemoved: readonly string[];
    }
  | {
      /** New items, by prefix of their partition key. */
      itemsStored: string;
    };

export interface ItemMark {
  keys: string;
  attribute: string;
  statuses?: readonly string[];
}

interface QueueSizes {
  /** When a message is delivered again if the function set nothing. */
  visibilityTimeoutSeconds?: number;
  batchSize: number;
  maximumConcurrency: number;
  maximumReceives: number;
}

/** One event function, declared once: its event source, permissions and sizes. */
export interface Trigger {
  /** Also the name of its folder and of its function. */
  id: string;
  summary: string;
  /** What users lose while this function fails: the text of its alarm. */
  costOfFailure: string;
  source:
    | {
        /** S3 ObjectCreated events under a prefix, through a queue of its own. */
        objectsUnder: 'incoming/' | 'incoming-dicom/' | 'exports/';
        /** Only objects whose key has this suffix. */
        named?: string;
        /** When an unprocessed message is delivered again; six times the function's timeout if undefined. */
        visibilityTimeoutSeconds?: number;
        batchSize: number;
        maximumConcurrency: number;
        maximumReceives: number;
      }
    | (QueuedItems & QueueSizes)
    | {
        /**
         * The changes of the table's items that the queues of these functions get. More than two readers of a stream may be
         * throttled, so that one function reads it for all whose work can wait in a queue.
         */
        changesFor: readonly { id: string; source: QueuedItems }[];
        batchSize: number;
      }
    | {
        /** All changes of the audit log, in their order. */
        auditChanged: true;
        batchSize: number;
        /** How long it waits for a full batch of events. */
        waitSeconds: number;
      }
    | {
        /** Items that are added, changed or deleted, by prefix of their partition key. */
        itemsChanged: readonly string[];
        batchSize: number;
        maximumRetries: number;
      }
    | {
        /** The results of the malware scans of uploads (GuardDuty, by EventBridge), through a queue of its own. */
        scanResults: true;
        batchSize: number;
        maximumConcurrency: number;
        maximumReceives: number;
      }
    | {
        /** A schedule. */
        everyMinutes: number;
      };
  /** A metric that it publishes, with an alarm if it is not 0. */
  metric?: string;
  /** The setting without which the stack does not contain this function. */
  needs?: 'orthancUrl' | 'scan';
  permissions: Permissions;
  memoryMb: number;
  timeoutSeconds: number;
  /** Names of the layers under `layers/` that it uses. */
  layers?: readonly string[];
  /** Files beside the handler that its bundle includes. */
  assets?: readonly string[];
  /** Scripts that it runs in child processes: bundled beside it as ES modules of the same name. */
  processes?: readonly string[];
}

/**
 * How often a message is delivered before it goes to the dead-letter queue: the maximum of SQS (API reference,
 * "SetQueueAttributes"). With 15 minutes between the later attempts, they last ten days.
 */
export const MAXIMUM_RECEIVES = 1000;

/** The environment variable with the URL of an event function's queue, for functions that send to it. */
export const queueVariable = (triggerId: string) =>
  `${triggerId.toUpperCase().replaceAll('-', '_')}_QUEUE_URL`;

/** Declares an event function and keeps its exact type. */
export const defineTrigger = <const T extends Trigger>(trigger: T): T => trigger;

/** Whether a function's messages wait in a queue of its own. */
export const isQueued = (source: Trigger['source']): source is Extract<Trigger['source'], QueueSizes> =>
  'maximumReceives' in source;
