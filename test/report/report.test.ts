/** What every report guarantees, for any audit. */

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderHtml } from '../../src/report/html.ts';
import { renderReport } from '../../src/report/report.ts';
import { renderText } from '../../src/report/text.ts';
import { buildReportText } from '../../src/report/reportText.ts';
import type { Audit } from '../../src/verdict/audit.ts';
import type { Verdict } from '../../src/verdict/auditWord.ts';
import { aDeployment, aDetail, anAudit } from '../support/auditFixture.ts';
import { hostileAudit, keptAudit, mixedAudit, unprovenAudit } from '../support/audits.ts';
import { crowdedAudit } from '../support/crowdedAudit.ts';
import { findMailFaults } from '../support/mailLint.ts';
import { numbersIn, visibleWords } from '../support/visibleText.ts';
import { renderCached, fileText } from '../support/renderedReport.ts';
import { size } from '../support/size.ts';
import { LEADER, findingsForLeader } from '../support/readers.ts';

const AUDITS: Readonly<Record<string, Audit>> = {
  mixed: mixedAudit(),
  kept: keptAudit(),
  unproven: unprovenAudit(),
  hostile: hostileAudit(),
  crowded: crowdedAudit(),
  'nothing self-hosted': anAudit({ deployments: [] }),
};

const report = (audit: Audit, previous?: Audit) =>
  renderCached({ audit, detail: aDetail(audit), ...(previous === undefined ? {} : { previous }) });

describe.each(Object.entries(AUDITS))('every message of a report on what is %s', (_, audit) => {
  const made = async () => {
    const owners = audit.deployments.slice(0, 5).map(({ id }) => id);
    const corrects = { number: 1, audit: keptAudit() };
    const late = { dueMs: audit.stack.draws, madeMs: Date.UTC(2026, 9, 9) };
    const input = { audit, detail: aDetail(audit), owners, previous: mixedAudit() };
    const reports = [await renderReport(input), await renderReport({ ...input, corrects, late })];
    return reports.flatMap((each) => each.letters);
  };
  let lettersMade: ReturnType<typeof made> | undefined;
  const letters = () => (lettersMade ??= made());

  it('has the same numbers in text and page', async () => {
    for (const { text, html } of await letters()) {
      expect(numbersIn(visibleWords(html))).toEqual(numbersIn(text));
    }
  });

  it('stays below the size that mail clients cut, and uses no markup that they drop', async () => {
    for (const { html } of await letters()) {
      expect(Buffer.byteLength(html)).toBeLessThan(90_000);
      expect(findMailFaults(html)).toEqual([]);
    }
  });

  it('keeps the text within 78 columns, and the subject on one line', async () => {
    for (const { text, subject } of await letters()) {
      const longest = Math.max(...text.split('\n').map((line) => Array.from(line).length));
      expect(longest).toBeLessThanOrEqual(78);
      expect(subject).toMatch(/^Rent check .{5,130}$/);
    }
  });
});

describe('a report', () => {
  it('is the same to the byte when it is made again', async () => {
    const input = { audit: mixedAudit(), detail: aDetail(mixedAudit()) };
    const [first, second] = [await renderReport(input), await renderReport(input)];
    expect(second).toEqual(first);
  });

  it('includes the audit as its data', async () => {
    const { files } = await report(mixedAudit());
    expect(JSON.parse(fileText(files, 'report.json'))).toEqual(mixedAudit());
  });

  it('shows its charts from the mail itself, and from its folder when it is a file', async () => {
    const made = await report(keptAudit());
    expect(made.html.match(/src="[^"]*"/g)).toEqual([
      'src="cid:weekly-price@rentcheck"',
      'src="cid:paid-hours@rentcheck"',
      'src="cid:options@rentcheck"',
      'src="cid:load-duration@rentcheck"',
    ]);
    expect(fileText(made.files, 'report.html').match(/src="[^"]*"/g)).toEqual([
      'src="charts/weekly-price.png"',
      'src="charts/paid-hours.png"',
      'src="charts/options.png"',
      'src="charts/load-duration.png"',
    ]);
  });

  it('prints the probability in the subject, and the range of the saving', async () => {
    const { text, subject } = await report(mixedAudit());
    expect(subject).toMatch(/ \(96% likely\)$/);
    expect(text.replace(/\s+/g, ' ')).toContain(
      'The 90% range of the saving is $12,364 to $61,900.',
    );
  });

  it('says what changed since the previous quarter', async () => {
    const previous = anAudit({
      quarter: '2026-Q2',
      deployments: [aDeployment({ id: 'busy-8b', verdict: 'delete', spend: 6_000 })],
    });
    const { text } = await report(keptAudit(), previous);
    expect(text).toContain('CHANGES SINCE Q2 2026');
    expect(text).toContain('Spend went from $6,000 to $6,624, and tokens from 140B to 310B.');
    expect(text).toContain('busy-8b changed from "delete" to "keep".');
    const gone = anAudit({ quarter: '2026-Q2', deployments: [aDeployment({ id: 'old-8b' })] });
    const { text: second } = await report(keptAudit(), gone);
    expect(second.replace(/\s+/g, ' ')).toContain(
      'old-8b is no longer audited. Its last verdict was "delete".',
    );
  });

  it('gives a hostile name no effect on the page', async () => {
    const { html } = await report(hostileAudit());
    expect(html).not.toMatch(/<script|<img src=|<[^>]*onerror|\u202e/i);
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;{{headline}}');
    expect(html.match(/<\/title>/g)).toHaveLength(1);
  });
});

const verdicts: readonly Verdict[] = [
  'delete',
  'hybrid',
  'serverless',
  'move',
  'right-size',
  'keep',
  'keep (required)',
  'too small to act on',
  'not certain enough',
  'too close to call',
  'not enough evidence',
];

const anyDeployment = fc.record({
  verdict: fc.constantFrom(...verdicts),
  spend: fc.integer({ min: 0, max: 10_000_000 }).map((cents) => cents / 100),
  tokens: fc.integer({ min: 0, max: 10 ** 13 }),
  saving: fc.option(fc.integer({ min: -500_000, max: 900_000 }).map((cents) => cents / 100)),
  id: fc.string({ minLength: 1, maxLength: 80 }),
  isKnown: fc.boolean(),
});

describe('of any audit', () => {
  it('text and page have the same numbers', async () => {
    const charts = [
      { id: 'a', filename: 'a.png', alt: 'first', slot: 'why', spec: {} },
      { id: 'b', filename: 'b.png', alt: 'second', slot: 'doubts' },
    ] as const;
    await fc.assert(
      fc.asyncProperty(fc.array(anyDeployment, { maxLength: 13 }), async (requests) => {
        const deployments = requests.map(({ saving, isKnown, id, ...overrides }, index) =>
          aDeployment({
            ...overrides,
            id: `${index}-${id}`,
            savings: {
              delete: saving,
              hybrid: saving,
              serverless: saving,
              move: saving,
              spot: saving,
              'right-size': saving,
            },
            ...(isKnown ? {} : { utilization: null, hosted: null, idleUsd: null }),
          }),
        );
        const copy = buildReportText(findingsForLeader(anAudit({ deployments })), LEADER);
        const html = await renderHtml({ copy, subject: 'any', charts });
        expect(numbersIn(visibleWords(html))).toEqual(numbersIn(renderText(copy, charts)));
        expect(findMailFaults(html)).toEqual([]);
      }),
      { numRuns: size({ short: 15, full: 300 }) },
    );
  });
});
