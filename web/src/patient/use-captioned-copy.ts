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

/** Saves an image as it is shown, with the clinic, the patient and the day below it, and in its file name. */
export function useCaptionedCopy(patientId: string) {
  const { data: identity } = useIdentity(patientId);
  return async (image: Image): Promise<void> => {
    const path = pathOf(toViewed(image));
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
    const copy = await captionedCopy(await fetchBytes(path), lines);
    saveBytes(copy, `${patientId} ${dayOf(timesOf(image))} ${name}.jpg`);
  };
}
