import { dayOf } from '../../../lib/domain/images/local-time.ts';
import { fetchBytes } from '../api/client.ts';
import type { Image } from '../api/types.ts';
import { pathOf } from '../images/viewed-image.ts';
import { text } from '../messages/text.ts';
import { pageConfig } from '../page-config.ts';
import { describeDay, formatLocalDay } from '../parts/format.ts';
import { saveBytes } from '../parts/save-file.ts';
import { useIdentity } from '../patient-banner/identity.ts';
import { nameText } from '../patient-banner/patient-name.ts';
import { captionedCopy } from './captioned-copy.ts';
import { timesOf, toViewed } from './image-facts.tsx';

// Not with the first page.
const loadBurntMarks = () => import('../annotations/shown/burnt-marks.tsx');

/**
 * Saves an image as it is shown, with the clinic, the patient and the day below it, and in its file name; on request with its
 * annotations.
 */
export function useCaptionedCopy(patientId: string) {
  const { data: identity } = useIdentity(patientId);
  return async (image: Image, isAnnotated: boolean): Promise<void> => {
    const viewed = toViewed(image);
    const path = pathOf(viewed);
    if (!path) return;
    const patient = [
      pageConfig().clinic.name,
      nameText(identity?.name),
      identity?.birthDate && text('banner.born', { day: formatLocalDay(identity.birthDate) }),
      text('banner.patient', { patient: patientId }),
    ];
    const eye = image.eye_side !== 'unknown' && text('compare.eye', { side: image.eye_side });
    const facts = [describeDay(timesOf(image)), eye, image.original_name];
    const lines = [patient, facts].map((parts) => parts.filter(Boolean).join(' · '));
    const name = image.original_name.replace(/\.[A-Za-z0-9]{1,10}$/, '');
    const marks = isAnnotated ? await (await loadBurntMarks()).burntMarks(viewed) : undefined;
    const captions = [...lines, ...(marks?.lines ?? [])];
    const copy = await captionedCopy(await fetchBytes(path), captions, marks?.shapes);
    saveBytes(copy, `${patientId} ${dayOf(timesOf(image))} ${name}.jpg`);
  };
}
