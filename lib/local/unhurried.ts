import { Limits } from '../domain/limits.ts';

/** The environment for those who are quicker than people (tests, benchmarks): without limits of requests in a minute. */
export const UNHURRIED = {
  LIMITS: JSON.stringify(
    Limits.parse({ uploadsPerMinute: null, uploadsAtOnce: null, metadataPerMinute: null }),
  ),
};
