// Bundled by the test of stack traces beside it.

class Images {
  async load(which: number) {
    await Promise.resolve();
    return decode(which);
  }

  get size(): number {
    throw new RangeError('no size');
  }
}

class Refused extends Error {
  constructor(reason: string) {
    super(reason);
    if (reason === '') throw new Error('no reason');
  }
}

function decode(which: number): number {
  if (which > 1) throw new TypeError('cannot be decoded');
  return [1, 2].reduce((sum, each) => {
    if (each === 2) throw new SyntaxError('cannot be read');
    return sum + each;
  });
}

const FAILURES = [
  () => new Images().load(2),
  () => new Images().load(1),
  () => new Images().size,
  () => new Refused(''),
  () => JSON.parse('{'),
  () => process.chdir('/none'),
  () => Buffer.alloc(-1),
  () => Promise.any([Promise.reject(new Refused('by all'))]),
];

/** The stack traces of all failures. */
export async function stacks(): Promise<(string | undefined)[]> {
  return Promise.all(
    FAILURES.map(async (fail) => {
      try {
        await fail();
      } catch (error) {
        return (error as Error).stack;
      }
    }),
  );
}

if (process.env.PRINTS_STACKS) void stacks().then((all) => console.log(JSON.stringify(all)));
