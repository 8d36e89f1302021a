import type { Ledger } from './ledger.ts';

interface Result {
  seconds: number;
  clients: number;
  seed: number;
  ledger: Ledger;
  faults: Readonly<Record<string, number>>;
  repairs: Readonly<Record<string, number>>;
  violations: readonly string[];
  growth: number;
  memory: readonly number[];
}

/** The figures of a soak as Markdown. */
export function reliabilityReport({ ledger, faults, repairs, violations, ...run }: Result): string {
  const images = [...ledger.patients.values()].flatMap(({ batches }) =>
    [...batches.values()].flatMap((batch) => [...batch.images.values()]),
  );
  const uploads = images.filter(({ isUploaded }) => isUploaded).length;
  const instances = [...ledger.patients.values()].flatMap((patient) => patient.instances).length;
  const table = (title: string, numbers: Iterable<[string, number]>) => {
    const rows = [...numbers].sort(([one], [other]) => (one < other ? -1 : 1));
    return `| ${title} | number |\n|---|---|\n${rows.map(([name, number]) => `| ${name} | ${number} |\n`).join('')}`;
  };
  return `
${run.seconds} s, ${run.clients} clients, seed ${run.seed}: ${uploads} acknowledged uploads and ${instances} stored DICOM files, ${ledger.responses.length} answered requests.
**${violations.length} lost, doubled or unrecorded.** Memory of all processes: at most ${Math.round(Math.max(...run.memory))} MB; the last third of the time has ${run.growth.toFixed(2)} × the memory of the second.

${table('completed action', ledger.actions)}
${table('injected fault', Object.entries(faults))}
${table('repaired by the reconciliation', Object.entries(repairs))}
`;
}
