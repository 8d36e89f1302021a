import { Limits } from '../domain/limits/limits.ts';

/** An environment without limits on what a person does at once, for tests and benchmarks. */
export const NO_RATE_LIMITS = {
  LIMITS: JSON.stringify(
    Limits.parse({
      uploadsPerMinute: null,
      uploadsAtOnce: null,
      metadataPerMinute: null,
      framesPerMinute: null,
      // All test files are the same few people.
      archivesAtOnce: 100,
      socketsAtOnce: 100,
    }),
  ),
};
