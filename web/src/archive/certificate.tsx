import type { ErasureCertificate } from '../api/types.ts';
import { saveBytes } from '../parts/save-file.ts';
import { Spinner } from '../parts/spinner.tsx';

const STATES = {
  ordered: 'It was ordered, and did not begin.',
  running: 'Erasing …',
  done: 'Everything is erased.',
  stopped: 'A legal hold began meanwhile: what it covers is kept.',
};

/** The certificate of an erasure, and how far it is. */
export function Certificate({ certificate }: { certificate: ErasureCertificate | undefined }) {
  if (!certificate) return <Spinner label="Reading the certificate" />;
  const { status, erased, ordered_by, ordered_at, ended_at, sha256, id } = certificate;
  const rows: [string, string][] = [
    ['Ordered', `${new Date(ordered_at).toLocaleString()} by ${ordered_by}`],
    ['Ended', ended_at ? new Date(ended_at).toLocaleString() : 'not yet'],
    ['Images', erased.images.toLocaleString()],
    ['Studies', `${erased.studies.toLocaleString()} with ${erased.instances.toLocaleString()} files`],
    ['Batches and cases', (erased.batches + erased.cases).toLocaleString()],
    ['Hash of the files', sha256],
    ['Certificate', id],
  ];
  const save = () =>
    saveBytes(
      new Blob([`${JSON.stringify(certificate, null, 1)}\n`], { type: 'application/json' }),
      `erasure-${id}.json`,
    );
  return (
    <>
      <p role="status">{STATES[status]}</p>
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
          Save the certificate
        </button>
      )}
    </>
  );
}
