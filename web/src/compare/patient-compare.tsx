import { useEffect } from 'react';
import { useGalleryImages } from '../patient/gallery/gallery-images.ts';
import { Compare } from './compare.tsx';
import type { Mode, Pair } from './pair.ts';

interface PatientCompareProps {
  patientId: string;
  pair: Pair;
  mode: Mode;
  onChange: (pair: Pair, mode: Mode) => void;
  onClose: () => void;
}

/**
 * Two images of the patient, as they are now, of whatever visits. The comparison ends when one of them is deleted or another
 * patient's.
 */
export function PatientCompare({ patientId, pair, mode, onChange, onClose }: PatientCompareProps) {
  const { data, hasNextPage, isFetching } = useGalleryImages(patientId);
  const images = data?.pages.flatMap((page) => page.images) ?? [];
  const [left, right] = pair.map((id) => images.find((image) => image.id === id));
  const isGone = data !== undefined && !hasNextPage && !isFetching && !(left && right);
  useEffect(() => {
    if (isGone) onClose();
  }, [isGone, onClose]);
  return (
    left &&
    right && (
      <Compare
        patientId={patientId}
        images={[left, right]}
        mode={mode}
        onMode={(next) => onChange(pair, next)}
        onSwap={() => onChange([pair[1], pair[0]], mode)}
        onClose={onClose}
      />
    )
  );
}
