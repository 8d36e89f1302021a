import { useDeferredValue } from 'react';
import { explain } from '../api/api-error.ts';
import type { Frame } from '../dicom-viewer/frame.ts';
import { text } from '../messages/text.ts';
import { lazyPart } from '../parts/lazy-part.ts';
import { Message } from '../parts/message.tsx';
import { Spinner } from '../parts/spinner.tsx';

// Contains the DICOM data dictionary.
const MetadataTable = lazyPart(() => import('./metadata-table.tsx'), 'MetadataTable', Waiting);

interface MetadataPanelProps {
  frame: Frame;
  /** Why the metadata of its series could not be loaded. */
  error: unknown;
}

/** The attributes of the shown file, once they are loaded. */
export function MetadataPanel({ frame: shown, error }: MetadataPanelProps) {
  // Images go on without waiting for the table.
  const frame = useDeferredValue(shown);
  return (
    <aside className="panel exam-metadata" aria-label={text('exams.metadata')}>
      {frame.isComplete ? (
        <MetadataTable attributes={frame.attributes} />
      ) : error ? (
        <Message title={text('exams.series-failed')} tone="bad">
          {explain(error)}
        </Message>
      ) : (
        <Waiting />
      )}
    </aside>
  );
}

function Waiting() {
  return <Spinner label={text('exams.metadata-loading')} />;
}
