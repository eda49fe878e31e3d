/** The newest answer, the pages of deployments, and the links from a warning to its row. */

import { describe, expect, it, onTestFinished } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import { quarterPeriod } from '../../src/calendar/quarter.ts';
import type { PageChart } from '../../src/report/charts/webCharts.ts';
import { buildServer } from '../../src/web/server.ts';
import type { WebServices } from '../../src/web/site.ts';
import { auditRecord } from '../ledger/auditFixture.ts';
import { reportToFreeze } from '../ledger/deliveryFixture.ts';
import { fetched, scratchLedger } from '../ledger/ledgerFixture.ts';
import { DOCUMENT, HOSTILE, NOW, serveSite, createSite } from './siteFixture.ts';

type App = Awaited<ReturnType<typeof serveSite>>['app'];

async function bodyOf(app: App, url: string): Promise<string> {
  const { body, statusCode } = await app.inject({ url, headers: { accept: 'text/html' } });
  expect({ url, statusCode }).toEqual({ url, statusCode: 200 });
  return body;
}

/** The words of the page, separated by single spaces. */
async function words(app: App, url: string): Promise<string> {
  const [, main = ''] = /<main[^>]*>([^]*)<\/main>/.exec(await bodyOf(app, url)) ?? [];
  return main
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

/** A site on a ledger without editions. */
async function bare(wish: Partial<WebServices> = {}) {
  const { ledger } = await scratchLedger();
  const made = await createSite();
  const app = await buildServer({ ...made.site, ledger, ...wish });
  onTestFinished(() => app.close());
  return { app, ledger };
}

/** The same audit under the name of another quarter. */
function auditOf(quarter: string, runId: string) {
  const auditJson = DOCUMENT.auditJson.replaceAll('"2026-Q3"', JSON.stringify(quarter));
  return auditRecord({ runId, quarter, partial: false, ...DOCUMENT, auditJson });
}

describe('the front page', () => {
  it('shows the answer, the money, and each action with owner, date and dollars', async () => {
    const { app } = await serveSite();
    const text = await words(app, '/');
    expect(text).toMatch(/^Report Q3 2026, edition 2 , made Oct 7, 2026 05:00 UTC/);
    expect(text).toContain('Delete 2 of 4. Saving a quarter 90% range $12,364 to $61,900 $41,214');
    expect(text).toContain(
      'Saving a year $164,854 Probability of a saving 96% Spend in the quarter',
    );
    expect(text).toMatch(
      /Action Owner Deadline Dollars Delete chat-70b .* \$30,214 .* Total saved a/,
    );
    const body = await bodyOf(app, '/');
    for (const id of ['chat-70b', 'bursty-code-32b', 'busy-8b', 'records-70b']) {
      expect(body).toContain(`href="/reports/2026-Q3.2/deployments/${id}"`);
    }
  });

  it('has spend of deployments and unattributed spend that sum to the total', async () => {
    const { app } = await serveSite();
    const text = await words(app, '/');
    const printed = [...text.slice(text.indexOf('highest spend first')).matchAll(SPEND)];
    const [total, ...parts] = printed
      .map(([, digits = '']) => Number(digits.replace(',', '')))
      .toReversed();
    expect(parts.length).toBe(5);
    expect(parts.reduce((sum, each) => sum + each, 0)).toBe(total);
  });

  it('shows the newest quarter, though an older one was corrected later', async () => {
    const { app, ledger } = await serveSite();
    await ledger.audits.save(auditOf('2026-Q2', 'run-q2'));
    const headline = 'An older quarter.';
    await ledger.deliveries.freezeEdition(
      reportToFreeze({ runId: 'run-q2', quarter: '2026-Q2', headline }),
      NOW,
    );
    expect(await words(app, '/')).toMatch(/^Report Q3 2026, edition 2/);
  });

  it('names a quarter without a report, and shows a first audit alone', async () => {
    const { app, ledger } = await serveSite();
    const window = quarterPeriod({ year: 2026, number: 4 });
    await ledger.audits.save({ ...auditOf('2026-Q4', 'run-q4'), window });
    expect(await words(app, '/')).toContain('Q4 2026 has been audited and has no report yet.');
    const first = await bare();
    expect(await words(first.app, '/')).toContain('No quarter has been audited yet.');
    await first.ledger.audits.save(auditOf('2026-Q3', 'run-1'));
    expect(await words(first.app, '/')).toMatch(/^Audit of Q3 2026, not yet a report/);
  });

  it('draws the trend from earlier quarters, with the data next to it', async () => {
    const { app, ledger } = await serveSite();
    await ledger.audits.save(auditOf('2026-Q2', 'run-q2'));
    const body = await bodyOf(app, '/');
    expect(body).toContain('id="chart-quarters"');
    expect(await words(app, '/')).toContain(
      'Quarter Cost of keeping all Saving of the plan Q2 2026',
    );
  });
});

/** `$54,120` at the end of a row. */
const SPEND = /\$(\d[\d,]*)(?= (?:[a-z]|Not attributed|Total|More))/g;

describe('charts in a page', () => {
  it('have marks that are focusable and state their figures, and no script', async () => {
    const { app } = await serveSite();
    const body = await bodyOf(app, '/reports/2026-Q3.1/deployments/chat-70b');
    const drawn = body.match(/<svg class="drawn"[^]*?<\/svg>/g) ?? [];
    expect(drawn.length).toBeGreaterThanOrEqual(3);
    const marks = drawn
      .join('')
      .match(/<\w+ class="point" role="img" tabindex="0" aria-label="[^"]+"/g);
    expect(marks?.length).toBeGreaterThan(20);
    for (const svg of drawn) {
      expect(svg).not.toMatch(/ style="| on\w+="|<script|<style|<image|href=|undefined|NaN/);
      expect(svg).not.toContain('says:');
    }
    expect(await words(app, '/deployments/chat-70b')).toContain('Week from Self-hosted');
  });

  it('are drawn once for a run and a page, and again after a failure', async () => {
    const drawnRuns: (string | undefined)[] = [];
    const chart: PageChart = {
      name: 'weekly-price',
      title: 'A chart',
      alt: 'A chart.',
      svg: '<svg/>',
    };
    const drawCharts: WebServices['drawCharts'] = async ({ deployment }) => {
      drawnRuns.push(deployment);
      if (drawnRuns.length === 1) throw new Failure('too-large', 'not enough memory');
      return [chart];
    };
    const { app } = await serveSite({ drawCharts });
    const text = await words(app, '/deployments/busy-8b');
    expect(text).toContain('The charts cannot be drawn now. Not enough memory.');
    expect(text).toContain('Keep busy-8b');
    await Promise.all([1, 2, 3].map(() => words(app, '/deployments/busy-8b')));
    expect(await words(app, '/reports/2026-Q3.2/deployments/busy-8b')).toContain(
      'Data of this chart',
    );
    expect(drawnRuns).toEqual(['busy-8b', 'busy-8b']);
    await words(app, '/');
    expect(drawnRuns.slice(2)).toEqual([undefined]);
  });
});

describe('the page of a deployment', () => {
  it('has its figures, its decision, and each warning next to its figure', async () => {
    const { app } = await serveSite();
    const body = await bodyOf(app, '/deployments/busy-8b');
    expect(body).toContain('<div id="figure-spend"><dt>Spend');
    expect(body).toMatch(
      /<h2 id="warnings">Warnings<\/h2>\s*<ul class="prose"><li>[^<]+ <a href="#figure-/,
    );
    expect(await words(app, '/deployments/busy-8b')).toContain('Utilization 81%');
  });

  it.each([
    '/deployments/nobody',
    '/reports/2026-Q3.9/deployments/chat-70b',
    '/reports/x/deployments/y',
  ])('%s does not exist', async (url) => {
    const { app } = await serveSite();
    expect((await app.inject({ url, headers: { accept: 'text/html' } })).statusCode).toBe(404);
  });

  it('is found if its name has a slash', async () => {
    const { app, ledger } = await serveSite();
    const named = (text: string) => text.replaceAll('"chat-70b"', '"team/chat 1"');
    const [auditJson, detailJson] = [named(DOCUMENT.auditJson), named(DOCUMENT.detailJson)];
    await ledger.audits.save(
      auditRecord({ runId: 'run-s', quarter: '2026-Q4', partial: false, auditJson, detailJson }),
    );
    await ledger.deliveries.freezeEdition(
      reportToFreeze({ runId: 'run-s', quarter: '2026-Q4' }),
      NOW,
    );
    const [, path = ''] =
      /href="([^"]*\/deployments\/team[^"]*)"/.exec(await bodyOf(app, '/')) ?? [];
    expect(await words(app, path)).toContain('team/chat 1');
  });
});

describe('rejected rows and warnings', () => {
  const rejects = [
    { position: 3, reason: `${HOSTILE} is no number`, excerpt: `pod-7,${HOSTILE},"12,50"` },
    { position: 9, reason: 'Unknown currency "QQQ".', excerpt: '' },
  ];

  async function withRejects() {
    const made = await serveSite();
    const start = { sourceId: "o'import", kind: 'import.charges', url: 'file:july.csv' };
    const session = await made.ledger.facts.beginImport({ ...start, startedAtMs: NOW });
    await session.append({ rejects });
    const { fetchRef } = await session.finish({ digest: 'd', endedAtMs: NOW });
    const reject = { position: 0, reason: 'No price.', excerpt: '{"a": 1}' };
    const warnings = [{ code: 'text', text: 'The answer has no totals.' }] as const;
    await made.ledger.facts.append(
      fetched({ rejects: [reject], warnings }, { sourceId: 'pods' }),
      NOW,
    );
    return { ...made, fetchRef };
  }

  it('link from the source to the list, and from the list to the raw row', async () => {
    const { app, fetchRef } = await withRejects();
    const sources = await bodyOf(app, '/sources');
    expect(sources).toContain('href="/rejects?source=o%27import"');
    expect(sources).toContain(`href="/rejects?fetch=${fetchRef}"`);
    const list = await bodyOf(app, '/rejects?source=o%27import');
    expect(list.match(/href="\/rejects\/\d+"/g)).toEqual([
      'href="/rejects/2"',
      'href="/rejects/1"',
    ]);
    expect(await words(app, '/rejects/1')).toMatch(
      /Line 3 was rejected .* is no number Source o&#39;import Import number \d+ File july\.csv/,
    );
    expect(await bodyOf(app, '/rejects/1')).toContain(
      '<pre class="row">pod-7,&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;,&quot;12,50&quot;',
    );
    expect(await words(app, '/rejects/2')).toContain('The row is empty.');
  });

  it('are listed for all sources, and a record of an answer by its number', async () => {
    const { app } = await withRejects();
    expect(await words(app, '/rejects')).toMatch(
      /Received Record 1 No price\. .* Line 9 .* Line 3/,
    );
    expect(await words(app, '/rejects?before=3')).not.toContain('No price.');
    expect(await words(app, '/rejects?source=nobody')).toContain('No row was rejected.');
    for (const url of ['/rejects/0', '/rejects/99', '/rejects/x', '/rejects/1%3B']) {
      expect((await app.inject({ url, headers: { accept: 'text/html' } })).statusCode).toBe(404);
    }
  });

  it('are shown a hundred at a time', async () => {
    const { app, ledger } = await serveSite();
    const many = Array.from({ length: 130 }, (_, position) => ({
      position,
      reason: 'No.',
      excerpt: '',
    }));
    await ledger.facts.append(fetched({ rejects: many }, { sourceId: 'pods' }), NOW);
    const first = await bodyOf(app, '/rejects?source=pods');
    const [, older = ''] = /href="([^"]+)">Older rows/.exec(first) ?? [];
    const second = await bodyOf(app, older.replaceAll('&amp;', '&'));
    const count = (body: string) => body.match(/href="\/rejects\/\d+"/g)?.length;
    expect([count(first), count(second)]).toEqual([100, 30]);
    expect(second).not.toContain('Older rows');
  });

  it('are on one page, each with its deployment, its figure or its pull', async () => {
    const { app } = await withRejects();
    const body = await bodyOf(app, '/warnings');
    expect(body).toMatch(/href="\/deployments\/busy-8b">busy-8b<\/a>/);
    expect(body).toMatch(/href="\/deployments\/busy-8b#figure-\w+"/);
    const text = await words(app, '/warnings');
    expect(text).toContain('3 rejected rows');
    expect(text).toMatch(/pods pull \d+ \(runpod\.billing\.pods\) The answer has no totals\./);
  });
});
