import { ImagePlus } from 'lucide-react';
import { useEffect } from 'react';
import { useDropzone } from 'react-dropzone';
import type { UploadTarget } from './upload-record.ts';
import { useUploads } from './uploads-provider.tsx';
import './drop-zone.css';

/** Where files are dropped, chosen, or pasted; all are taken, and each that is no good says why. */
export function DropZone({ target }: { target: UploadTarget }) {
  const { queue } = useUploads();
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
      <input {...getInputProps({ accept: 'image/*', 'aria-label': 'Images to upload' })} />
      <ImagePlus size={20} aria-hidden />
      <span>{isDragActive ? 'Drop them here' : 'Drop or paste images, or'}</span>
      <button type="button" className="button small" onClick={open}>
        Choose images
      </button>
    </div>
  );
}
