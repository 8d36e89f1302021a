import { useQueryClient } from '@tanstack/react-query';
import { ChevronRight, Download, Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Button, Disclosure, DisclosurePanel, Heading } from 'react-aria-components';
import { api } from '../api/client.ts';
import type { Batch, Image } from '../api/types.ts';
import { Confirm } from '../parts/dialog.tsx';
import { count, formatClinicDay, formatClinicTime } from '../parts/format.ts';
import { IconButton } from '../parts/icon-button.tsx';
import type { Pair } from '../patient/patient-compare.tsx';
import { useZip } from '../patient/use-zip.ts';
import { ZipArchives } from '../patient/zip-archives.tsx';
import { PatientLine } from '../patient-banner/patient-line.tsx';
import { useSession } from '../session/session-provider.tsx';
import { BatchContent } from './batch-content.tsx';
import { BatchNameDialog } from './batch-name-dialog.tsx';
import { dropBatch } from './batches.ts';
import './batch-item.css';

interface BatchItemProps {
  batch: Batch;
  isOpen: boolean;
  shownId: string | undefined;
  onShow: (image: Image) => void;
  onCompare: (pair: Pair) => void;
}

/** A batch in the accordion. */
export function BatchItem({ batch, isOpen, shownId, onShow, onCompare }: BatchItemProps) {
  const { person } = useSession();
  const [asks, setAsks] = useState<'rename' | 'delete'>();
  const { download, progress, archives } = useZip(batch);
  const queries = useQueryClient();
  const done = () => setAsks(undefined);
  const remove = async () => {
    await api.DELETE('/api/images/batches/{id}', { params: { path: { id: batch.id } } });
    dropBatch(queries, batch);
  };
  return (
    <Disclosure id={batch.id} className="batch">
      <div className="batch-head">
        <Heading level={2}>
          <Button slot="trigger" className="batch-trigger">
            <ChevronRight size={18} aria-hidden />
            <span className="batch-title">
              <span className="batch-name" title={batch.name}>
                {batch.name}
              </span>
              <span className="quiet" title={formatClinicTime(batch.created_at)}>
                {count(batch.image_count, 'image')} · {formatClinicDay(batch.created_at)}
              </span>
            </span>
          </Button>
        </Heading>
        <div className="batch-tools">
          {batch.image_count > 0 && (
            <IconButton
              icon={Download}
              size={16}
              className="accent"
              onClick={() => download()}
              label={`Download all of ${batch.name}`}
              title="Download all as ZIP"
            />
          )}
          {(person.role !== 'patient' || batch.source === 'patient') && (
            <IconButton
              icon={Pencil}
              size={16}
              onClick={() => setAsks('rename')}
              label={`Rename ${batch.name}`}
              title="Rename"
            />
          )}
          {person.mayDelete && (
            <IconButton
              icon={Trash2}
              size={16}
              className="danger"
              onClick={() => setAsks('delete')}
              label={`Delete ${batch.name}`}
              title="Delete"
            />
          )}
        </div>
      </div>
      <ZipArchives progress={progress} archives={archives} />
      <DisclosurePanel className="batch-panel">
        {isOpen && <BatchContent batch={batch} shownId={shownId} onShow={onShow} onCompare={onCompare} />}
      </DisclosurePanel>
      {asks === 'rename' && (
        <BatchNameDialog
          title="Rename batch"
          action="Rename"
          patientId={batch.object_id}
          batch={batch}
          onClose={done}
        />
      )}
      {asks === 'delete' && (
        <Confirm title="Delete batch?" action="Delete batch" onClose={done} onConfirm={remove}>
          <PatientLine patientId={batch.object_id} />“{batch.name}” and{' '}
          {batch.image_count === 0 ? 'whatever is in it' : `its ${count(batch.image_count, 'image')}`} will be
          deleted.
        </Confirm>
      )}
    </Disclosure>
  );
}
