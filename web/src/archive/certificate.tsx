import type { ErasureCertificate } from '../api/types.ts';
import { LOCALE } from '../messages/language.ts';
import { text } from '../messages/text.ts';
import { formatNumber } from '../parts/format.ts';
import { saveBytes } from '../parts/save-file.ts';
import { Spinner } from '../parts/spinner.tsx';

const timeText = (iso: string) => new Date(iso).toLocaleString(LOCALE);

/** The certificate of an erasure, and how far it is. */
export function Certificate({ certificate }: { certificate: ErasureCertificate | undefined }) {
  if (!certificate) return <Spinner label={text('archive.reading')} />;
  const { status, erased, ordered_by, ordered_at, ended_at, sha256, id } = certificate;
  const rows: [string, string][] = [
    [text('archive.ordered'), text('archive.ordered-by', { at: timeText(ordered_at), who: ordered_by })],
    [text('archive.ended'), ended_at ? timeText(ended_at) : text('archive.not-yet')],
    [text('archive.images'), formatNumber(erased.images)],
    [
      text('archive.studies'),
      text('archive.studies-with', { studies: erased.studies, files: erased.instances }),
    ],
    [text('archive.batches-cases'), formatNumber(erased.batches + erased.cases)],
    [text('archive.hash'), sha256],
    [text('archive.certificate'), id],
  ];
  const save = () =>
    saveBytes(
      new Blob([`${JSON.stringify(certificate, null, 1)}\n`], { type: 'application/json' }),
      `erasure-${id}.json`,
    );
  return (
    <>
      <p role="status">{text(`erasure-state.${status}`)}</p>
      <dl className="certificate">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {ended_at && (
        <button type="button" className="button" onClick={save}>
          {text('archive.save-certificate')}
        </button>
      )}
    </>
  );
}
