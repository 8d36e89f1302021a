import { useEffect, useState } from 'react';
import { useBatches } from '../batches/batches.ts';
import { text } from '../messages/text.ts';
import { formatClinicDay } from '../parts/format.ts';
import { QueryStatus } from '../parts/query-status.tsx';
import type { Destination } from './movable.ts';

const NEW = '';

interface TargetBatchProps {
  patientId: string;
  /** The name of the batch that the images leave. */
  name: string;
  /** The batch that the images leave. */
  leaves: string | null;
  onChoose: (batch: Destination['batch']) => void;
}

/** The batch into which images go: that of the same name, else a new one, unless another is chosen. */
export function TargetBatch({ patientId, name, leaves, onChoose }: TargetBatchProps) {
  const answer = useBatches(patientId);
  const [given, setGiven] = useState<string>();
  const batches = (answer.data?.pages.flatMap((page) => page.batches) ?? []).filter(
    ({ id }) => id !== leaves,
  );
  const id = given ?? batches.find((batch) => batch.name === name)?.id ?? NEW;
  const isKnown = answer.data !== undefined;
  useEffect(() => {
    if (isKnown) onChoose(id === NEW ? { name } : { id });
  }, [isKnown, id, name, onChoose]);
  if (!isKnown) return <QueryStatus what="batches" answer={answer} />;
  return (
    <label>
      {text('moves.into')}
      <select value={id} onChange={({ target }) => setGiven(target.value)}>
        <option value={NEW}>{text('moves.new-batch', { name })}</option>
        {batches.map((batch) => (
          <option key={batch.id} value={batch.id}>
            {batch.name} ({formatClinicDay(batch.created_at)})
          </option>
        ))}
      </select>
    </label>
  );
}
