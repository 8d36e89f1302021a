import { Camera, ImagePlus } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useDropzone } from 'react-dropzone';
import { OFFERED_TYPES } from './check-file.ts';
import type { UploadTarget } from './upload-record.ts';
import { useUploadQueue } from './uploads-provider.tsx';
import './drop-zone.css';

/** A drop zone that also accepts chosen, pasted and photographed files. Each refused file shows its reason. */
export function DropZone({ target }: { target: UploadTarget }) {
  const queue = useUploadQueue();
  const camera = useRef<HTMLInputElement>(null);
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
      <input {...getInputProps({ accept: OFFERED_TYPES, 'aria-label': 'Images to upload' })} />
      <input
        ref={camera}
        type="file"
        accept="image/*"
        capture="environment"
        hidden
        aria-label="Photo to upload"
        onChange={({ target: input }) => {
          queue.add([...(input.files ?? [])], target);
          // The next photo may have the same name, for which the input would fire no change event.
          input.value = '';
        }}
      />
      <ImagePlus size={20} className="drop-sign" aria-hidden />
      <span className="drop-hint">{isDragActive ? 'Drop them here' : 'Drop or paste images, or'}</span>
      <button type="button" className="button small" onClick={open}>
        Choose images
      </button>
      <button type="button" className="button small drop-camera" onClick={() => camera.current?.click()}>
        <Camera size={16} aria-hidden /> Take a photo
      </button>
    </div>
  );
}
