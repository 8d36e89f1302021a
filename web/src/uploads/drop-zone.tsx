import { Camera, ImagePlus } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useDropzone } from 'react-dropzone';
import { CameraDialog } from './camera-dialog.tsx';
import { OFFERED_TYPES } from './check-file.ts';
import type { ImageTarget } from './upload-record.ts';
import { useUploadQueue } from './uploads-provider.tsx';
import './drop-zone.css';
import { text } from '../messages/text.ts';

interface DropZoneProps {
  target: ImageTarget;
}

/**
 * A drop zone that also accepts chosen, pasted and photographed files, DICOM files and folders of them. Each refused file shows
 * its reason.
 */
export function DropZone({ target }: DropZoneProps) {
  const queue = useUploadQueue();
  const [isTaking, setTaking] = useState(false);
  const { getRootProps, getInputProps, isDragActive, open } = useDropzone({
    onDrop: (files) => queue.add(files, target),
    noClick: true,
    noKeyboard: true,
    multiple: true,
  });
  useEffect(() => {
    const onPaste = ({ clipboardData }: ClipboardEvent) => {
      const files = [...(clipboardData?.files ?? [])];
      if (files.length > 0) queue.add(files, target);
    };
    document.addEventListener('paste', onPaste);
    return () => document.removeEventListener('paste', onPaste);
  }, [queue, target]);
  return (
    <div {...getRootProps()} role="presentation" className={`drop-zone ${isDragActive ? 'active' : ''}`}>
      <input {...getInputProps({ accept: OFFERED_TYPES, 'aria-label': text('uploads.files') })} />
      <ImagePlus size={20} className="drop-sign" aria-hidden />
      <span className="drop-hint">
        {isDragActive ? text('uploads.drop-here') : text('uploads.drop-hint')}
      </span>
      <button type="button" className="button small" onClick={open}>
        {text('uploads.choose')}
      </button>
      <button type="button" className="button small drop-camera" onClick={() => setTaking(true)}>
        <Camera size={16} aria-hidden /> {text('uploads.camera')}
      </button>
      {isTaking && <CameraDialog target={target} onClose={() => setTaking(false)} />}
    </div>
  );
}
