import { ArrowRightLeft, ChevronRight, Download, Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Button, Disclosure, DisclosurePanel, Heading } from 'react-aria-components';
import type { Batch, Image } from '../api/types.ts';
import { useDeletion } from '../changes/use-deletion.ts';
import type { Pair } from '../compare/pair.ts';
import { DownloadChoice } from '../downloads/download-choice.tsx';
import { useDownloads } from '../downloads/downloads-provider.tsx';
import { hasEdited } from '../edits/is-edited.ts';
import { text } from '../messages/text.ts';
import { Confirm } from '../parts/dialog.tsx';
import { formatClinicDay, formatClinicTime } from '../parts/format.ts';
import { IconButton } from '../parts/icon-button.tsx';
import { PatientLine } from '../patient-banner/patient-line.tsx';
import { useSession } from '../session/session-provider.tsx';
import { BatchContent } from './batch-content.tsx';
import { BatchNameDialog } from './batch-name-dialog.tsx';
import './batch-item.css';
import { lazyPart } from '../parts/lazy-part.ts';

const MoveDialog = lazyPart(() => import('../moves/move-dialog.tsx'), 'MoveDialog');

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
  const [asks, setAsks] = useState<'download' | 'rename' | 'move' | 'delete'>();
  const downloads = useDownloads();
  const { deleteBatch } = useDeletion();
  const done = () => setAsks(undefined);
  const download = async () => {
    // If that is not known, the originals are downloaded: they are what was uploaded.
    if (await hasEdited(batch.id).catch(() => false)) setAsks('download');
    else downloads.start(batch);
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
                {text('images.count', { count: batch.image_count })} · {formatClinicDay(batch.created_at)}
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
              onClick={download}
              label={text('batches.download', { name: batch.name })}
              title={text('batches.download-hint')}
            />
          )}
          {(person.role !== 'patient' || batch.source === 'patient') && (
            <IconButton
              icon={Pencil}
              size={16}
              onClick={() => setAsks('rename')}
              label={text('batches.rename', { name: batch.name })}
              title={text('batches.rename-action')}
            />
          )}
          {person.mayReassign && (
            <IconButton
              icon={ArrowRightLeft}
              size={16}
              onClick={() => setAsks('move')}
              label={text('batches.move', { name: batch.name })}
              title={text('images.move-hint')}
            />
          )}
          {person.mayDelete && (
            <IconButton
              icon={Trash2}
              size={16}
              className="danger"
              onClick={() => setAsks('delete')}
              label={text('batches.delete', { name: batch.name })}
              title={text('images.delete-hint')}
            />
          )}
        </div>
      </div>
      <DisclosurePanel className="batch-panel">
        {isOpen && <BatchContent batch={batch} shownId={shownId} onShow={onShow} onCompare={onCompare} />}
      </DisclosurePanel>
      {asks === 'download' && (
        <DownloadChoice onChoose={(asEdited) => downloads.start(batch, [], asEdited)} onClose={done} />
      )}
      {asks === 'rename' && (
        <BatchNameDialog
          title={text('batches.rename-title')}
          action={text('batches.rename-action')}
          patientId={batch.object_id}
          batch={batch}
          onClose={done}
        />
      )}
      {asks === 'move' && (
        <MoveDialog patientId={batch.object_id} moved={{ kind: 'batch', batch }} onClose={done} />
      )}
      {asks === 'delete' && (
        <Confirm
          title={text('batches.delete-title')}
          action={text('batches.delete-action')}
          onClose={done}
          onConfirm={() => deleteBatch(batch)}
        >
          <PatientLine patientId={batch.object_id} />
          {text('batches.delete-text', {
            name: batch.name,
            count: batch.image_count,
            patient: batch.object_id,
          })}
        </Confirm>
      )}
    </Disclosure>
  );
}
