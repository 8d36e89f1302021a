import { expect, test } from 'vitest';
import { putOutcome } from '../../../lib/storage/put-outcome.ts';

const answer = (code: string) =>
  `<?xml version="1.0"?><Error><Code>${code}</Code><Message>…</Message></Error>`;

test.each([
  [200, '', 'stored'],
  [412, answer('PreconditionFailed'), 'stored'],
  [403, answer('AccessDenied'), 'expired'],
  [400, answer('ExpiredToken'), 'expired'],
  [400, answer('BadDigest'), 'refused'],
  [400, answer('XAmzContentChecksumMismatch'), 'refused'],
  [400, answer('RequestTimeout'), 'lost'],
  [400, answer('IncompleteBody'), 'lost'],
  [409, answer('ConditionalRequestConflict'), 'unable'],
  [503, answer('SlowDown'), 'unable'],
  [500, '', 'unable'],
  [502, '', 'unable'],
  [504, '', 'unable'],
])('S3’s %i %s means %s', (status, body, outcome) => {
  expect(putOutcome(status, body)).toBe(outcome);
});
