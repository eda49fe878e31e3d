/** The page of a large report: items that need attention come first, the rest is folded. */

import { expect, test } from 'vitest';
import type { Delivery } from '../../src/domain/delivery.ts';
import { renderEditionPage } from '../../src/web/pages/archivePages.ts';
import { LEADER } from '../support/readers.ts';

const ids = Array.from({ length: 50 }, (_, at) => `chat-${String(at).padStart(2, '0')}`);

function delivery(deployment: string, state: Delivery['state']): Delivery {
  return {
    id: `d-${deployment}`,
    edition: '2026-Q3.1',
    channel: 'mail',
    recipient: `${deployment}@example.com`,
    role: 'owner',
    deployment,
    state,
    tries: 1,
    changedAtMs: 0,
    plannedAtMs: 0,
  };
}

function pageOf(count: number): string {
  const kept = ids.slice(0, count);
  const files = ['report.html', 'deployments.csv', ...kept.map((id) => `charts/${id}/load.png`)];
  const edition = {
    id: '2026-Q3.1',
    quarter: '2026-Q3',
    number: 1,
    runId: 'run-1',
    subject: 'what it says',
    headline: 'what it says',
    digest: 'd1'.repeat(32),
    frozenAtMs: 0,
    files: files.map((name) => ({ name, contentType: 'text/plain', bytes: 1, digest: 'd' })),
  };
  const deliveries = kept.map((id, at) => delivery(id, at === count - 1 ? 'failed' : 'sent'));
  return renderEditionPage({ edition, others: [], deliveries, pass: 'p', nowMs: 0 }, LEADER).text;
}

const rowsIn = (html: string) => html.split('<tr role="row">').length - 1;

test('fifty deliveries and files fold to twenty rows and two, the failed one on top', () => {
  const [shown = '', folded = ''] = pageOf(50).split('<details>');
  expect(shown.indexOf('chat-49@')).toBeLessThan(shown.indexOf('chat-00@'));
  // A header and twenty rows. Behind them another header and thirty, then the two files of the
  // whole.
  expect(rowsIn(shown.slice(shown.indexOf('Recipients of this report')))).toBe(21);
  expect(rowsIn(folded)).toBe(31 + 3);
  expect(folded).toContain('<summary>30 more: 30 sent</summary>');
  expect(pageOf(50)).toContain('<summary>50 more: charts of single deployments</summary>');
  for (const id of ids) expect(pageOf(50)).toContain(`/frozen/2026-Q3.1/charts/${id}/load.png`);
});

test('a few are one table each', () => {
  expect(pageOf(5)).not.toContain('<details>');
});
