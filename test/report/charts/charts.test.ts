/** What every chart guarantees, for any audit. Their look is judged by eye. */

import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimal } from '../../../src/domain/exact.ts';
import { type ChartPlan, drawCharts } from '../../../src/report/charts/chart.ts';
import { planCharts } from '../../../src/report/charts/chartPlans.ts';
import {
  fitChartText,
  fitChartName,
  fontTextWidth,
  replaceMissingGlyphs,
} from '../../../src/report/charts/fonts.ts';
import { TITLE, WORDS_WIDTH } from '../../../src/report/charts/theme.ts';
import { dollars } from '../../../src/report/format.ts';
import { parseDetail } from '../../../src/report/sections/storedAmounts.ts';
import type { Audit, AuditDetail } from '../../../src/verdict/audit.ts';
import { anyCharted } from '../../support/anyCharted.ts';
import { aDetail, anAudit } from '../../support/auditFixture.ts';
import { hostileAudit, keptAudit, mixedAudit } from '../../support/audits.ts';
import { drawnSpec, readLeaves, type PlacedText, readChartTexts } from '../../support/chartSpec.ts';
import { crowdedAudit } from '../../support/crowdedAudit.ts';
import { size } from '../../support/size.ts';
import { LEADER, readForLeader } from '../../support/readers.ts';

const plansOf = (audit: Audit, detail: AuditDetail = aDetail(audit)) =>
  planCharts(
    {
      audit: readForLeader(audit),
      detail: parseDetail(detail),
      history: [readForLeader({ ...mixedAudit(), quarter: '2026-Q2' })],
    },
    LEADER,
  );

describe('the charts of a report', () => {
  it('are seven, each with its own name and a place in the page', () => {
    const plans = plansOf(mixedAudit());
    expect(plans.map(({ filename, slot }) => `${slot}: ${filename}`)).toEqual([
      'cost: total-cost.png',
      'why: weekly-price.png',
      'deployments: paid-hours.png',
      'deployments: options.png',
      'deployments: load-duration.png',
      'doubts: tornado.png',
      'since: quarters.png',
    ]);
    expect(plans.map(({ id }) => id)).toContain('tornado@rentcheck');
  });

  it('are documented, each with its file', () => {
    const page = readFileSync(new URL('../../../docs/charts.md', import.meta.url), 'utf8');
    for (const { filename } of plansOf(mixedAudit())) expect(page).toContain(`\`${filename}\``);
  });

  it('have the figures of the audit in their titles', () => {
    const audit = mixedAudit();
    const [total, , , options, , , quarters] = plansOf(audit);
    const saving = dollars(decimal(audit.stack.savingUsd.base ?? ''), LEADER);
    expect(total?.title).toContain(saving);
    expect(options?.title).toContain(saving);
    expect(quarters?.title).toContain(saving);
  });

  it('state in words, without a picture, that there is nothing to show', async () => {
    const plans = planCharts(
      {
        audit: readForLeader(anAudit({ deployments: [] })),
        detail: { days: [], load: [] },
      },
      LEADER,
    );
    expect(plans.map(({ spec }) => spec)).toEqual(Array(7).fill(undefined));
    expect(plans.every(({ alt }) => /^[A-Z].{20,}\.$/.test(alt))).toBe(true);
    expect(await drawCharts(plans)).toEqual([]);
  });
});

/** Pairs of texts that overlap on one line. */
function collisions(words: readonly PlacedText[]): string[] {
  return words.flatMap((one, at) =>
    words
      .slice(at + 1)
      .filter((other) => {
        const isLevel = Math.abs(one.y - other.y) < 12;
        return isLevel && one.left < other.right - 1 && other.left < one.right - 1;
      })
      .map((other) => `"${one.text}" on "${other.text}"`),
  );
}

/** Texts outside the sheet. */
function clipped(plan: ChartPlan, words: readonly PlacedText[]): string[] {
  const width = drawnSpec(plan)?.width ?? 0;
  const left = Math.min(0, ...words.map((each) => each.left));
  return words
    .filter((each) => each.right - left > WORDS_WIDTH + 1 || each.left < width - WORDS_WIDTH - 1)
    .map((each) => each.text);
}

describe('of any audit', () => {
  it('the charts have finite numbers only, and no word such as NaN or undefined', () => {
    fc.assert(
      fc.property(anyCharted, (charted) => {
        for (const { spec, alt, title } of planCharts(charted, LEADER)) {
          const numbers = readLeaves(spec).filter((leaf) => typeof leaf === 'number');
          expect(numbers.every(Number.isFinite)).toBe(true);
          expect(`${title} ${alt}`).not.toMatch(/NaN|undefined|Infinity|null|\[object/);
        }
      }),
      { numRuns: size({ short: 40, full: 500 }) },
    );
  });

  it('no label is clipped, and none overlaps another', () => {
    fc.assert(
      fc.property(anyCharted, (charted) => {
        for (const plan of planCharts(charted, LEADER)) {
          const words = readChartTexts(plan);
          expect(clipped(plan, words)).toEqual([]);
          expect(collisions(words)).toEqual([]);
        }
      }),
      { numRuns: size({ short: 40, full: 500 }) },
    );
  });

  it('no heading is wider than the sheet, or longer than a few lines', () => {
    fc.assert(
      fc.property(anyCharted, (charted) => {
        for (const plan of planCharts(charted, LEADER)) {
          const lines = drawnSpec(plan)?.title.text ?? [];
          expect(lines.length).toBeLessThanOrEqual(3);
          const widest = Math.max(0, ...lines.map((line) => fontTextWidth(TITLE, line)));
          expect(widest).toBeLessThanOrEqual(WORDS_WIDTH);
        }
      }),
      { numRuns: size({ short: 30, full: 500 }) },
    );
  });

  it('every planned picture can be drawn', async () => {
    await fc.assert(
      fc.asyncProperty(anyCharted, async (charted) => {
        const plans = planCharts(charted, LEADER);
        const drawn = await drawCharts(plans);
        const planned = plans.filter(({ spec }) => spec !== undefined);
        expect(drawn.map(({ id }) => id)).toEqual(planned.map(({ id }) => id));
      }),
      { numRuns: 12 },
    );
  });
});

describe('pictures', () => {
  const sizeOf = (png: Uint8Array) => {
    const view = new DataView(png.buffer, png.byteOffset);
    return [view.getUint32(16), view.getUint32(20)] as const;
  };

  it.each([
    ['four', mixedAudit(), {}],
    ['one', keptAudit(), {}],
    ['forty', crowdedAudit(), {}],
    ['hostile', hostileAudit(), {}],
    ['one week of', keptAudit(), { days: 7 }],
    ['an hour of', keptAudit(), { days: 1, hourly: (_: string, hour: number) => hour || null }],
  ])(
    'are drawn for %s deployments, all of one width, and small enough to mail',
    async (...given) => {
      const [, audit, options] = given;
      const charts = await drawCharts(plansOf(audit, aDetail(audit, options)));
      expect(charts.length).toBeGreaterThanOrEqual(3);
      for (const { png } of charts) {
        const [width, height] = sizeOf(png);
        expect(width).toBeGreaterThanOrEqual(1200);
        expect(width).toBeLessThanOrEqual(1206);
        expect(height).toBeLessThan(1100);
        expect(png.length).toBeLessThan(160_000);
      }
    },
  );

  it('are the same to the byte when drawn again', async () => {
    const plans = plansOf(mixedAudit());
    expect(await drawCharts(plans)).toEqual(await drawCharts(plans));
  });

  it('use letters that the font has, cut to the available width', () => {
    expect(replaceMissingGlyphs('模型 8b')).toBe('?? 8b');
    expect(fitChartText('chat-70b', 200, { fontSize: 12 })).toBe('chat-70b');
    expect(fitChartText('W'.repeat(80), 100, { fontSize: 12 })).toMatch(/^W{3,12}…$/);
  });

  it('cut a name in the middle, so that names of one family stay distinct', () => {
    const lettering = { fontSize: 12 };
    expect(fitChartName('chat-70b', 200, lettering)).toBe('chat-70b');
    const names = ['team-39-summarization-and-search', 'summarization-and-search-team-39'];
    for (const family of names) {
      const cut = [family, family.replace('39', '38')].map((one) =>
        fitChartName(one, 120, lettering),
      );
      expect(new Set(cut).size).toBe(2);
      for (const one of cut) expect(fontTextWidth(lettering, one)).toBeLessThanOrEqual(120);
    }
    expect(fitChartName('W'.repeat(80), 14, lettering)).toMatch(/^W?…$/);
  });
});
