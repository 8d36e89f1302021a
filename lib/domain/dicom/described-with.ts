/**
 * The modalities of a study before its description, those left out that it begins with. Not in `dicom-instance.ts`, because the
 * page uses it, too, and has no zod.
 */
export function describedWith(modalities: readonly string[], description: string): string {
  const [first = ''] = description.toUpperCase().split(/[\s,/+-]+/);
  return [...modalities.filter((modality) => modality.toUpperCase() !== first), description]
    .filter(Boolean)
    .join(' ');
}
