/** Knows what is said of a file of JSON as a whole: that it is a part, or nothing that is known. */

import { expect, test } from 'vitest';
import { imported, refusedFile } from './imported.ts';

const incident = {
  id: 'Q1',
  incident_number: 9,
  created_at: '2026-07-03T10:00:00Z',
  resolved_at: '2026-07-03T11:00:00Z',
  engaged_seconds: 60,
};

test('a page that says more follow goes in, with a note that it is but a page', async () => {
  const page = (more: boolean) => JSON.stringify({ incidents: [incident], more });
  const part = await imported('ops', page(true));
  expect(part.facts.ops).toHaveLength(1);
  expect(part.warnings).toEqual([expect.stringContaining('"more": true')]);
  expect((await imported('ops', page(false))).warnings).toEqual([]);
});

test.each(['{}', '[]', '[{"id":1}]'])('%s is told to be no export, not a bad CSV', async (text) => {
  const failure = await refusedFile('ops', text, { file: 'e.json' });
  expect(failure.message).toBe('e.json is JSON without incidents of a supported tool');
  expect(failure.hint).toContain('--format pagerduty');
});

test('hours as JSON lines go in as before', async () => {
  const { facts } = await imported('ops', '{"date":"2026-07-01","hours":1}\n', { file: 'o.jsonl' });
  expect(facts.ops).toHaveLength(1);
});
