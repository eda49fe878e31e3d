/** The page for print: one file, nothing to load, full pages. */

import { beforeAll, expect, test } from 'vitest';
import { printPdf } from '../../src/platform/chromium.ts';
import { buildPrintPage } from '../../src/report/print.ts';
import { renderReport } from '../../src/report/report.ts';
import type { Audit } from '../../src/verdict/audit.ts';
import { aDetail } from '../support/auditFixture.ts';
import { hostileAudit, mixedAudit } from '../support/audits.ts';
import { chromiumPath } from '../support/chromium.ts';
import { crowdedAudit } from '../support/crowdedAudit.ts';

let chromium = '';
beforeAll(() => {
  chromium = chromiumPath();
});

async function pageOf(audit: Audit): Promise<string> {
  const { files } = await renderReport({ audit, detail: aDetail(audit) });
  return buildPrintPage(files);
}

/** The style between the tags is ours. */
const visible = (html: string) => html.replace(/<style[^>]*>.*?<\/style>/gs, '');

test('has its pictures and fonts embedded, and loads nothing else', async () => {
  const html = await pageOf(mixedAudit());
  const sources = [...visible(html).matchAll(/<img[^>]* src="([^"]{0,30})/g)].map(([, at]) => at);
  expect(sources.length).toBeGreaterThan(1);
  for (const source of sources) expect(source).toMatch(/^data:image\/png;base64,/);
  expect(html).toMatch(
    /<head><meta http-equiv="Content-Security-Policy" content="default-src 'none'/,
  );
  expect(html.match(/@font-face/g)).toHaveLength(2);
});

test('a hostile name loads nothing', async () => {
  const html = visible(await pageOf(hostileAudit()));
  expect(html).not.toMatch(/<script|<iframe|<link|src="(?!data:)/);
});

test.each([
  ['four deployments', mixedAudit(), 10],
  ['forty deployments', crowdedAudit(), 14],
])(
  '%s fit on few A4 pages with our fonts alone',
  async (_, audit, atMost) => {
    const html = await pageOf(audit);
    const pdf = Buffer.from(await printPdf({ chromium, html, dateMs: 0 })).toString('latin1');
    const pages = pdf.match(/\/Type \/Page\b/g) ?? [];
    expect(pages.length).toBeGreaterThan(2);
    expect(pages.length).toBeLessThanOrEqual(atMost);
    const fonts = new Set([...pdf.matchAll(/\/FontName \/[A-Z]+\+(\w+)/g)].map(([, name]) => name));
    expect([...fonts]).toEqual(['Inter']);
  },
  60_000,
);
