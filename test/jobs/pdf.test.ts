/** A report with a PDF attaches it for leaders, and one without says so. */

import { expect, test } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import { withPdf } from '../../src/jobs/editions.ts';
import { type Report, renderReport } from '../../src/report/report.ts';
import { aDetail } from '../support/auditFixture.ts';
import { mixedAudit } from '../support/audits.ts';

const audit = mixedAudit();
const DATE = Date.UTC(2026, 9, 7);

type Context = Parameters<typeof withPdf>[0];

interface Printing {
  readonly pdf?: boolean;
  readonly printPage: Context['reports']['printPage'];
}

async function rendered({ pdf = true, printPage }: Printing): Promise<Report> {
  const report = { from: 'a@b', to: ['c@d'], recipients: [], channels: [], timeZone: 'UTC', pdf };
  const config = { report } as unknown as Context['config'];
  const context = { config, reports: { printPage }, progress: () => undefined };
  return withPdf(context, DATE, (notes) =>
    renderReport({ audit, detail: aDetail(audit), owners: ['chat-70b'], notes }),
  );
}

const carries = ({ letters }: Report) =>
  letters.map(({ role, attachments }) => [role, attachments.includes('report.pdf')]);

const fails = (code: Failure['code']) => async () => {
  throw new Failure(code, 'there is no /usr/bin/chromium');
};

test('the page is printed as of its date, is one more file, and goes to leaders', async () => {
  const printed: { page: string; dateMs: number }[] = [];
  const report = await rendered({
    async printPage(page, dateMs) {
      printed.push({ page, dateMs });
      return new Uint8Array([37, 80, 68, 70]);
    },
  });
  expect(printed.map(({ dateMs }) => dateMs)).toEqual([DATE]);
  expect(printed[0]?.page).toContain('data:image/png;base64,');
  expect(report.files.filter(({ contentType }) => contentType === 'application/pdf')).toEqual([
    { name: 'report.pdf', contentType: 'application/pdf', bytes: new Uint8Array([37, 80, 68, 70]) },
  ]);
  expect(carries(report)).toEqual([
    ['leader', true],
    ['finance', false],
    ['owner', false],
  ]);
  expect(report.letters[0]?.text).not.toContain('The PDF is missing');
});

test.each([
  ['not-found', 'no browser is installed to make it'],
  ['timeout', 'the browser that makes it timed out'],
  ['unavailable', 'the browser that makes it failed'],
] as const)('without one (%s) the report is sent anyway, and says so', async (code, why) => {
  const report = await rendered({ printPage: fails(code) });
  expect(report.files.some(({ name }) => name === 'report.pdf')).toBe(false);
  expect(carries(report).map(([, has]) => has)).toEqual([false, false, false]);
  const [leader] = report.letters;
  for (const text of [leader?.text.replaceAll(/\s+/g, ' '), leader?.html]) {
    expect(text).toContain(`The PDF is missing because ${why}.`);
    expect(text).not.toContain('/usr/bin');
  }
});

test('nothing is printed if no PDF is configured', async () => {
  const report = await rendered({ pdf: false, printPage: fails('unavailable') });
  expect(report.letters[0]?.text).not.toContain('The PDF is missing');
});

test('a bug in printing is not reported as a missing browser', async () => {
  const printPage = async () => {
    throw new TypeError('a bug');
  };
  await expect(rendered({ printPage })).rejects.toThrow('a bug');
});
