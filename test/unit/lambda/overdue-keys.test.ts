import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { handle } from '../../../functions/events/check-api-keys/handler.ts';
import { Limits } from '../../../lib/domain/limits/limits.ts';

const NOW = new Date('2026-03-01T00:00:00Z');
const key = (name: string, createdAt: string, own: { validUntil?: string; revokedAt?: string } = {}) => ({
  id: `id-of-${name}`,
  name,
  scopes: ['*:read' as const],
  hash: 'a'.repeat(64),
  lastFour: 'abcd',
  createdAt,
  createdBy: 'someone',
  ...own,
});

let lines: string[];
beforeEach(() => {
  lines = [];
  vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', 'Negatoscope');
  // Powertools writes with consoles of its own.
  for (const stream of [process.stderr, process.stdout]) {
    vi.spyOn(stream, 'write').mockImplementation((line) => {
      lines.push(String(line));
      return true;
    });
  }
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const check = (keys: readonly ReturnType<typeof key>[]) =>
  handle({
    keyAdministration: { all: async () => [...keys] },
    keyUses: { of: async () => new Map([['id-of-old', '2026-02-28T10:00:00.000Z']]) },
    limits: Limits.parse({ apiKeyDays: 365 }),
    now: () => NOW,
  });

test('A key in force that is older than the setting leaves a warning with its id and last use, and is counted', async () => {
  await check([
    key('old', '2025-03-01T00:00:00.000Z'),
    key('new', '2025-03-02T00:00:00.000Z'),
    key('revoked', '2024-01-01T00:00:00.000Z', { revokedAt: '2025-01-01T00:00:00.000Z' }),
    key('expired', '2024-01-01T00:00:00.000Z', { validUntil: '2025-01-01T00:00:00.000Z' }),
  ]);
  const warnings = lines.filter((line) => line.includes('an API key should be replaced'));
  expect(warnings).toHaveLength(1);
  expect(JSON.parse(warnings[0] ?? '')).toMatchObject({
    keyId: 'id-of-old',
    name: 'old',
    lastUsedAt: '2026-02-28T10:00:00.000Z',
  });
  expect(warnings[0]).not.toContain('a'.repeat(64));
  expect(lines.find((line) => line.includes('CloudWatchMetrics'))).toContain('"overdueKeys":1');
});

test('The metric is 0 if no key is too old', async () => {
  await check([key('new', '2026-01-01T00:00:00.000Z')]);
  expect(lines.find((line) => line.includes('CloudWatchMetrics'))).toContain('"overdueKeys":0');
});
