import type { OwnStack } from '../../support/own-stack.ts';
import type { useViewerPages } from './viewer-pages.ts';

type Drawn = [kind: string, points: [number, number][], text: string];

interface Deps {
  service: OwnStack;
  openPage: ReturnType<typeof useViewerPages>;
}

/** Annotates an image as the doctor, and saves the annotations as a report, by the page of the service. */
export async function saveReport(
  { service, openPage }: Deps,
  study: string,
  series: string,
  instance: string,
  drawn: readonly Drawn[],
): Promise<void> {
  const doctor = await service.as('doctor');
  const path = `/api/dicom/studies/${study}/annotations`;
  for (const [kind, points, text] of drawn)
    await doctor.json('POST', path, 201, { series, instance, shape: { kind, points }, text });
  const { page } = await openPage(`${service.stack.url}/studies/${study}`);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: 'Dana Doctor' }).click();
  await page.getByRole('button', { name: /^Annotate/ }).click();
  await page.getByRole('button', { name: 'Save as DICOM report' }).click();
  await page.getByRole('button', { name: 'Save report' }).click();
  await page.getByText('The report is in the study as a new series.').waitFor();
  await page.close();
}
