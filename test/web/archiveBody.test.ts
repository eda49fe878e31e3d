/** The list of reports calls a saving possible if the plan is not carried out. */

import { expect, test } from 'vitest';
import type { Edition } from '../../src/domain/edition.ts';
import { renderArchivePage } from '../../src/web/pages/archiveViews.ts';
import { LEADER } from '../support/readers.ts';

function listed(verdict: string): string {
  const edition: Edition = {
    id: '2026-Q3.1',
    quarter: '2026-Q3',
    number: 1,
    runId: 'run-1',
    subject: 'what it says',
    headline: 'what it says',
    digest: 'd1'.repeat(32),
    frozenAtMs: 0,
    files: [],
  };
  const { text } = renderArchivePage(
    {
      editions: [edition],
      delivered: new Map(),
      verdicts: new Map([['run-1', { verdict, savingNanoUsd: 2_248_350_000n }]]),
      dueReport: {},
      nowMs: 0,
    },
    LEADER,
  );
  return text;
}

test('a saving of a plan that is not carried out is only possible', () => {
  for (const open of ['too small to act on', 'not certain enough', 'too close to call']) {
    expect(listed(open)).toContain('possible $2.25');
  }
  expect(listed('delete')).toContain('$2.25');
  expect(listed('delete')).not.toContain('possible');
});
