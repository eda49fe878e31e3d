/** Laws of finance's and the owners' reports, in fleets of 1 to 60 deployments, 1 to 12 sources. */

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compare, decimal, type Exact, subtract, sum } from '../../src/domain/exact.ts';
import type { ReconciledMonth } from '../../src/domain/reconciliation.ts';
import { weighStack } from '../../src/economics/stack.ts';
import { seededRandom } from '../../src/platform/random.ts';
import { AUDIT_SENTENCES } from '../../src/report/copy/sentences.ts';
import { dollarsTo } from '../../src/report/format.ts';
import { renderHtml } from '../../src/report/html.ts';
import { buildReportParts } from '../../src/report/report.ts';
import { renderText } from '../../src/report/text.ts';
import type { ReportTable } from '../../src/report/sections/table.ts';
import type { Audit } from '../../src/verdict/audit.ts';
import { decide } from '../../src/verdict/decide.ts';
import { printAudit } from '../../src/verdict/document/document.ts';
import { ACTING } from '../support/acting.ts';
import { makeBilledFleet } from '../support/billedFleet.ts';
import { type Draw, int, pick } from '../support/oracle/draw.ts';
import { pageOfHtml, pageOfText, readProse } from '../support/readability.ts';
import { findListedWords, splitSentences, splitWords } from '../support/voice.ts';
import { IDENTITY, POLICY } from '../verdict/verdictFixture.ts';
import { LEADER } from '../support/readers.ts';

const RUNS = { numRuns: 12, endOnFailure: true };
const TIMEOUT_MS = 240_000;
const MOST_BYTES = 90_000;

type Books = Pick<ReturnType<typeof weighStack>, 'statement'>;

/** Some months have an invoice or a total, which matches or not. */
function someReconciled(draw: Draw, { statement }: Books): ReconciledMonth[] {
  return statement.months.flatMap(({ sourceId, monthMs, billed }): ReconciledMonth[] => {
    if (int(draw, 0, 2) === 0) return [];
    const off = BigInt(pick(draw, 0, 0, 0, 1, -7)) * 1_234_567_891n;
    const match = off === 0n ? 'matched' : 'different';
    const sides = { billedNanoUsd: billed - off, heldNanoUsd: billed, estimatedNanoUsd: 0n };
    const line = { ...sides, match } as const;
    const against = pick(draw, 'invoice', 'own total');
    const invoices = against === 'invoice' ? [`INV-${sourceId}-1`] : [];
    const window = { startMs: monthMs, endMs: monthMs + 1 };
    return [{ sourceId, monthMs, window, against, invoices, ...line, lines: [line] }];
  });
}

function reportsOn(draw: Draw, most: number) {
  const economics = weighStack(makeBilledFleet(draw, most));
  const reconciliation = someReconciled(draw, economics);
  const chance = seededRandom('fleet');
  const policy = { ...POLICY, draws: 20, minSavingUsd: decimal(pick(draw, '1', '500')) };
  const verdict = decide(economics, { policy, chance, reconciliation });
  const { audit, detail } = printAudit({
    economics,
    verdict,
    identity: IDENTITY,
    acting: ACTING,
    sentences: AUDIT_SENTENCES,
    reconciliation,
  });
  return {
    audit,
    texts: buildReportParts({ audit, detail, owners: audit.deployments.map(({ id }) => id) }),
  };
}

/** `-$1,234.50` as it is printed. */
function amountOf(text = ''): Exact {
  expect(text).toMatch(/^-?\$[\d,]+\.\d\d$/);
  return decimal(text.replaceAll(/[$,]/g, ''));
}

/** Each column of dollars adds up to the last line, as printed. */
function expectSums({ rows, total = [], title }: ReportTable): void {
  for (const [column, text] of total.entries()) {
    if (column === 0 || text === 'unknown') continue;
    const cells = rows.map(({ cells }) => amountOf(cells[column]));
    const difference = subtract(sum(cells), amountOf(text));
    expect(compare(difference, decimal('0')), `${title}, column ${column}`).toBe(0);
  }
}

const tablesOf = (sections: readonly { readonly tables: readonly ReportTable[] }[]) =>
  sections.flatMap(({ tables }) => tables);

describe("finance's report", () => {
  test(
    'has spend by provider, category and deployment, each summing to the same total',
    () => {
      fc.assert(
        fc.property(fc.gen(), (draw) => {
          const { audit, texts } = reportsOn(draw, 60);
          const { finance, copy } = texts;
          expect(finance.headline).toBe(copy.headline);
          const spend = tablesOf(finance.page);
          const { totals } = audit;
          const all = sum([decimal(totals.spendUsd), decimal(totals.hostedSpendUsd)]);
          expect(spend.map(({ title }) => title)).toEqual([
            'Spend by provider',
            'Spend by category',
            'Spend by deployment',
          ]);
          for (const table of spend) {
            expect(table.total?.[1]).toBe(dollarsTo(all, 2, LEADER));
            expect(table.rows.length).toBeLessThanOrEqual(14);
            expectSums(table);
          }
        }),
        RUNS,
      );
    },
    TIMEOUT_MS,
  );

  test(
    'stays below 90 KB, and names what is missing, estimated, off or not attributed',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.gen(), async (draw) => {
          const { audit, texts } = reportsOn(draw, 60);
          const { finance, subject } = texts;
          const html = await renderHtml({ copy: finance, subject, charts: [] });
          expect(Buffer.byteLength(html)).toBeLessThan(MOST_BYTES);
          const checks = finance.page[0]?.lines.join('\n') ?? '';
          const { totals, evidence } = audit;
          expect(checks.includes(' estimated.')).toBe(Number(totals.estimatedUsd) !== 0);
          const off = evidence.reconciliation.filter((month) => month.class !== 'matched');
          expect(checks.match(/the provider billed/g)?.length ?? 0).toBe(Math.min(4, off.length));
          expect(checks.includes(' GPU spend')).toBe(
            Number(totals.unattributedUsd) !== 0 || /% of the GPU spend/.test(checks),
          );
          expectVoice(html);
        }),
        RUNS,
      );
    },
    TIMEOUT_MS,
  );
});

/** Mean length, share of long sentences, and words that readers must not see. */
function expectVoice(page: string): void {
  const sentences = readProse(`${page}<hr>`).flatMap(splitSentences);
  expect(sentences.length).toBeGreaterThan(2);
  const lengths = sentences.map((sentence) => splitWords(sentence).length);
  const mean = lengths.reduce((all, each) => all + each, 0) / Math.max(1, lengths.length);
  expect(mean).toBeLessThanOrEqual(18);
  const long = sentences.filter((_, at) => (lengths[at] ?? 0) > 25);
  expect(long.length / Math.max(1, sentences.length)).toBeLessThanOrEqual(0.05);
  expect(findListedWords(sentences.join('\n'))).toEqual([]);
}

const CHANGES = /^(?:Delete|Cap|Move|Right-size|Bring back) /;

/** An id of another deployment, or of something that only it has. */
function othersIn(text: string, id: string, { deployments }: Audit): string[] {
  return deployments
    .map((each) => each.id)
    .filter((other) => other !== id && new RegExp(`(?<![\\w.])${other}(?!\\w)`).test(text));
}

describe("an owner's report", () => {
  test(
    'has the decision of the leader on one page, and no line about another deployment',
    () => {
      fc.assert(
        fc.property(fc.gen(), (draw) => {
          const { audit, texts } = reportsOn(draw, pick(draw, 1, 3, 8, 60));
          const decided = new Map(
            audit.stack.decision?.plan.map(({ deployment, option }) => [deployment, option]),
          );
          for (const { deployment, copy, plans, subject } of texts.owners) {
            const isChanged = (decided.get(deployment) ?? 'keep') !== 'keep';
            expect([copy.headline, CHANGES.test(copy.headline)]).toEqual([
              copy.headline,
              isChanged,
            ]);
            expect(copy.lead.length).toBeLessThanOrEqual(2);
            const text = renderText(copy, plans);
            expect(othersIn(`${subject}\n${text}`, deployment, audit)).toEqual([]);
            expect(splitWords(pageOfText(text)).length).toBeLessThanOrEqual(300);
          }
        }),
        RUNS,
      );
    },
    TIMEOUT_MS,
  );

  test(
    'is plain above the rule, and stays below 90 KB',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.gen(), async (draw) => {
          const { texts } = reportsOn(draw, 8);
          for (const { copy, plans, subject } of texts.owners.slice(0, 3)) {
            const html = await renderHtml({ copy, subject, charts: plans });
            expect(Buffer.byteLength(html)).toBeLessThan(MOST_BYTES);
            expectVoice(pageOfHtml(html));
          }
        }),
        RUNS,
      );
    },
    TIMEOUT_MS,
  );
});
