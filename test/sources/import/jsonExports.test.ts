/** Tests the messages about a JSON file as a whole: one page of many, or an unknown format. */

import { expect, test } from 'vitest';
import { readImportText, refusedFile } from './readImportText.ts';

const incident = {
  id: 'Q1',
  incident_number: 9,
  created_at: '2026-07-03T10:00:00Z',
  resolved_at: '2026-07-03T11:00:00Z',
  engaged_seconds: 60,
};

test('a page that announces more is imported, with a note that it is only one page', async () => {
  const page = (more: boolean) => JSON.stringify({ incidents: [incident], more });
  const part = await readImportText('ops', page(true));
  expect(part.facts.ops).toHaveLength(1);
  expect(part.warnings).toEqual([expect.stringContaining('"more": true')]);
  expect((await readImportText('ops', page(false))).warnings).toEqual([]);
});

test.each(['{}', '[]', '[{"id":1}]'])(
  '%s is reported as no export, not as a bad CSV',
  async (text) => {
    const failure = await refusedFile('ops', text, { file: 'e.json' });
    expect(failure.message).toBe('e.json is JSON without incidents of a supported tool');
    expect(failure.hint).toContain('--format pagerduty');
  },
);

test('hours as JSON lines are imported as before', async () => {
  const { facts } = await readImportText('ops', '{"date":"2026-07-01","hours":1}\n', {
    file: 'o.jsonl',
  });
  expect(facts.ops).toHaveLength(1);
});
