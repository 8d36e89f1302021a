import { PATIENT } from './clinic.ts';
import { median, milliseconds, percentile } from './measure.ts';
import { asDoctor } from './page/page-sign-in.ts';
import { atMost, type Bench, headline, type Result, round } from './result.ts';
import { withChild, withStackProcess } from './stack.ts';
import type { Attack, Statuses } from './wrong-credentials.ts';

const ROUNDS = 10;
/** Wrong credentials at the same time. */
const WRONG = 200;
/** Requests of the signed-in person in a quiet round. */
const REQUESTS = 20;

/**
 * How much many wrong credentials at the same time slow down a signed-in person. The floor is the same person without them,
 * in turns within the same run.
 */
export async function refused({ cdkOut, progress }: Bench, rounds = ROUNDS): Promise<Result> {
  const times = { quiet: [] as number[], attacked: [] as number[] };
  const statuses: Record<string, number> = {};
  const out = await cdkOut();
  await withStackProcess(out, undefined, async ({ url }) =>
    withChild<Attack, Statuses>('wrong-credentials.ts', async (ask) => {
      const doctor = await asDoctor(url);
      const path = `/api/images/batches/?patient_id=${PATIENT}`;
      const request = () => milliseconds(async () => (await doctor.send('GET', path)).text());
      const attack = async () => {
        for (const [status, count] of Object.entries(await ask({ url: url + path, count: WRONG })))
          statuses[status] = (statuses[status] ?? 0) + count;
      };
      // All processes of both functions start before anything is measured.
      await attack();
      await Promise.all(Array.from({ length: REQUESTS }, request));
      for (let turn = 0; turn < rounds; turn++) {
        progress(`refused: round ${turn + 1} of ${rounds}`);
        for (let count = 0; count < REQUESTS; count++) times.quiet.push(await request());
        let isOver = false;
        const under = attack().finally(() => {
          isOver = true;
        });
        while (!isOver) times.attacked.push(await request());
        await under;
      }
    }),
  );
  const value = median(times.attacked);
  const floor = median(times.quiet);
  return {
    ...headline(value, 'ms', floor),
    aims: [atMost('times as long with 200 parallel wrong credentials', value / floor, 1.5)],
    notes: [
      `a list of batches; the wrong keys come from another process; medians of ${times.quiet.length} quiet and ${times.attacked.length} attacked requests, in turns`,
      `the wrong keys were answered by ${JSON.stringify(statuses)}; 503 is the local stack, whose line was full`,
    ],
    rows: Object.fromEntries(
      Object.entries(times).map(([name, all]) => [
        name,
        { requests: all.length, p50Ms: round(median(all)), p95Ms: round(percentile(all, 0.95)) },
      ]),
    ),
  };
}
