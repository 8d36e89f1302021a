import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { trigger as ingestDicom } from '../../functions/events/ingest-dicom/trigger.ts';
import { trigger as makeThumbnail } from '../../functions/events/make-thumbnail/trigger.ts';
import { triggers } from '../../functions/triggers.ts';
import { synthesizeTemplate } from '../support/synthesize-template.ts';
import { EVERY_SETTING } from './every-setting.ts';

interface Alarm {
  AlarmDescription: string;
  AlarmActions?: unknown[];
}

const runbook = readFileSync(join(import.meta.dirname, '../../docs/runbook.md'), 'utf8');
const sections = [...runbook.matchAll(/^### (\S+)$/gm)].map(([, section]) => section);
let alarms: Alarm[];
let named: (string | undefined)[];
beforeAll(() => {
  const { template } = synthesizeTemplate(EVERY_SETTING);
  alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(
    ({ Properties }) => Properties,
  );
  named = alarms.map(({ AlarmDescription }) => /docs\/runbook\.md#(\S+)$/.exec(AlarmDescription)?.[1]);
});

describe('The runbook', () => {
  test('has the section that each alarm names, and no other', () => {
    expect([...new Set(named)].sort()).toEqual([...sections].sort());
  });

  test('names only sections that it has', () => {
    const links = [...runbook.matchAll(/\]\(#([\w-]+)\)/g)].map(([, section]) => section);
    expect(links.length).toBeGreaterThan(3);
    for (const link of links) expect(sections).toContain(link);
  });
});

test('Each alarm says what it costs people, and is sent to the address', () => {
  for (const { AlarmDescription, AlarmActions } of alarms) {
    expect(AlarmDescription).toMatch(/^[A-Z].{30,}\. What to do: /);
    expect(AlarmActions).toHaveLength(1);
  }
  for (const { id } of triggers) expect(named).toContain(id);
});

test('There is a dashboard with all alarms', () => {
  const { template } = synthesizeTemplate();
  const bodies = Object.values(template.findResources('AWS::CloudWatch::Dashboard')).map((each) =>
    JSON.stringify(each),
  );
  expect(bodies).toHaveLength(1);
  for (const id of Object.keys(template.findResources('AWS::CloudWatch::Alarm')))
    expect(bodies[0]).toContain(id);
});

test('The dashboard shows the metrics that functions publish about uploads', () => {
  const { template } = synthesizeTemplate();
  const [body = ''] = Object.values(template.findResources('AWS::CloudWatch::Dashboard')).map((each) =>
    JSON.stringify(each),
  );
  for (const shown of [
    'timeToReady',
    'rejected',
    'conflict',
    'failed',
    'stats count() as files by service, reason',
  ])
    expect(body).toContain(shown);
  for (const { id } of [makeThumbnail, ingestDicom]) expect(body).toContain(id);
});
