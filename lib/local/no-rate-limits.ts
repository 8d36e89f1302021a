import { Limits } from '../domain/limits/limits.ts';

/** An environment without rate limits, for tests and benchmarks. */
export const NO_RATE_LIMITS = {
  LIMITS: JSON.stringify(
    Limits.parse({ uploadsPerMinute: null, uploadsAtOnce: null, metadataPerMinute: null }),
  ),
};
