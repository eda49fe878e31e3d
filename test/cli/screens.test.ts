/** A command's output fits one screen, for any number of deployments and any screen size. */

import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { renderPlan } from '../../src/cli/planText.ts';
import { truncateText, toScreenSize, wrapText } from '../../src/cli/screen.ts';
import { displayWidth } from '../../src/domain/textWidth.ts';
import { renderFittedTable } from '../../src/cli/textTable.ts';
import { renderVerdict } from '../../src/cli/verdictText.ts';
import { renderWhatIf } from '../../src/cli/whatIfText.ts';
import { decimal, sum } from '../../src/domain/exact.ts';
import { usdText } from '../../src/domain/money.ts';
import type { PlanDocument } from '../../src/jobs/planDocument.ts';
import type { Audit } from '../../src/verdict/audit.ts';
import { aDeployment, anAudit } from '../support/auditFixture.ts';
import { mixedAudit } from '../support/audits.ts';

const WIDTHS = [60, 80, 120, 200];
const COUNTS = [1, 4, 60, 300];
const SIZES = COUNTS.flatMap((count) => WIDTHS.map((columns) => [count, columns] as const));

/** Every third deployment is deleted. The spend differs, and is not sorted. */
function auditOf(count: number): Audit {
  return anAudit({
    deployments: Array.from({ length: count }, (_, at) =>
      aDeployment({
        id: `team-${at}-summarization-and-search`,
        verdict: at % 3 === 0 ? 'delete' : 'keep',
        spend: 1_000 + ((at * 7_919) % 65_537),
        savings: { delete: at % 3 === 0 ? 900 + at : -400, hybrid: 10 },
      }),
    ),
  });
}

function expectScreen(text: string, { columns, rows }: { columns: number; rows: number }): void {
  // The last line of a screen is for the prompt.
  expect(text.trimEnd().split('\n').length).toBeLessThan(rows);
  expect(tooWide(text, columns)).toEqual([]);
}

function tooWide(text: string, columns: number): string[] {
  return text.split('\n').filter((line) => displayWidth(line) > columns);
}

/** The cells of a column of dollars: `$1,200` is 1200. */
function dollarsIn(lines: readonly string[], at: number): number[] {
  return lines.map((line) => {
    const amounts = line.match(/-?\$[\d,]+(?:\.\d+)?/g) ?? [];
    return Number((amounts[at] ?? '0').replace(/[$,]/g, ''));
  });
}

describe.each(SIZES)('an audit of %i deployments at %i columns', (count, columns) => {
  const audit = auditOf(count);
  const screen = { columns, rows: 24 };
  const text = renderVerdict(audit, { screen, all: false });
  const lines = text.trimEnd().split('\n');

  it('fits the screen, answer first, then what to do, then the table', () => {
    expectScreen(text, screen);
    expect(lines[0]).toMatch(/^Rent check Q3 2026\. Delete\b/);
    const [actions, table] = [lines.indexOf('What to do'), tableStart(lines)];
    expect(actions).toBeGreaterThan(0);
    expect(table).toBeGreaterThan(actions);
    expect(lines[actions + 1]).toMatch(/^1\. /);
  });

  it('lists the largest spend first, and rows that add up to the total', () => {
    const rows = lines.slice(tableStart(lines) + 1, -1);
    const own = rows.filter((line) => line.startsWith('team-'));
    expect(own.length).toBeGreaterThanOrEqual(Math.min(count, 3));
    const spends = dollarsIn(own, 0);
    expect(spends).toEqual(spends.toSorted((a, b) => b - a));
    const total = rows.find((line) => line.startsWith('(total)'));
    const rest = rows.filter((line) => /^\(\d+ more\)/.test(line));
    expect(own.length + Number(/\d+/.exec(rest[0] ?? '')?.[0] ?? '0')).toBe(count);
    // One deployment is its own total.
    const [whole = 0] = dollarsIn([total ?? own[0] ?? ''], 0);
    const parts = dollarsIn([...own, ...rest], 0).reduce((all, each) => all + each, 0);
    // Each row is rounded to a dollar.
    expect(Math.abs(whole - parts)).toBeLessThanOrEqual(rows.length);
    expect(usdText(sum(audit.deployments.map(({ spendUsd }) => decimal(spendUsd))))).toBe(
      audit.totals.spendUsd,
    );
  });

  it('prints every deployment with --all', () => {
    const all = renderVerdict(audit, { screen, all: true });
    for (const { id } of audit.deployments) expect(all).toContain(id.slice(0, 15));
    expect(all).not.toMatch(/^\(\d+ more\)/m);
    // Lines to paste into the config are not wrapped.
    expect(tooWide(all, columns).filter((line) => !line.includes('{ source:'))).toEqual([]);
  });

  it('as a what-if fits too, verdicts that change first', () => {
    const whatIf = anAudit({
      deployments: audit.deployments.map((each, at) =>
        at === 1 ? { ...each, verdict: 'move' } : each,
      ),
    });
    const changes = audit.deployments.map(({ id }) => ({
      input: 'hosted $/Mtok' as const,
      deployment: id,
      asIs: '0.100000',
      whatIf: '0.070000',
      contract: null,
    }));
    const schema = 'rentcheck/what-if/1';
    const shown = renderWhatIf({ schema, changes, asIs: audit, whatIf }, { screen, all: false });
    expectScreen(shown, screen);
    const rows = shown.split('\n');
    const first = rows[tableStart(rows) + 1] ?? '';
    expect(first.startsWith(count === 1 ? 'team-0-' : 'team-1-')).toBe(true);
    expect(/ move /.test(first)).toBe(count > 1);
  });
});

function tableStart(lines: readonly string[]): number {
  return lines.findIndex((line) => line.startsWith('deployment '));
}

test('a plan of four GPUs fits a screen, and says how to see all of it', () => {
  const plan = aPlan();
  for (const columns of WIDTHS) {
    const screen = { columns, rows: 24 };
    const text = renderPlan(plan, { screen, all: false });
    expectScreen(text, screen);
    expect(text.split('\n').find((line) => line.startsWith('Cheapest: '))).toContain('hosted API');
    expect(text).toContain('add --all or --json');
    const all = renderPlan(plan, { screen, all: true });
    expect(all.match(/^by the hour/gm)).toHaveLength(4);
    expect(tooWide(all, columns)).toEqual([]);
  }
});

function aPlan(): PlanDocument {
  const types = ['H100-80GB', 'A100-80GB', 'H200-141GB', 'L40S-48GB'];
  const option = (code: PlanDocument['options'][number]['code'], gpu: string | null, at: number) =>
    ({
      option: code,
      code,
      gpu,
      from: 'given',
      usd: `${1_000 + at}.000000`,
      withPeopleUsd: null,
      usdPerMtok: '0.100000',
      utilization: null,
      replicas: gpu === null ? null : 2,
      reservedReplicas: null,
      overflowUsd: null,
    }) as unknown as PlanDocument['options'][number];
  const options = [
    option('hosted-api', null, 0),
    ...types.flatMap((gpu, at) =>
      (['pods', 'hourly-pods', 'reserved-pods', 'serverless'] as const).map((code, of) =>
        option(code, gpu, 1 + 4 * at + of),
      ),
    ),
  ];
  const [answer] = options;
  return {
    asked: {
      model: 'open/model',
      tokensPerDay: '10000000',
      burstiness: '3',
      outputShare: '0.2',
      cachedShare: '0',
      headroom: '0.8',
      people: null,
    },
    answer,
    answerWithoutPeople: answer,
    options,
    missing: types.map((gpu) => `${gpu}: the reserved rate is unknown; give --reserved-rate`),
    gpus: [],
    gpu: null,
    tier: null,
  } as unknown as PlanDocument;
}

describe('text on a terminal', () => {
  it('has the size that the terminal reports, and 80 by 24 without a valid size', () => {
    expect(toScreenSize({ columns: 132, rows: 50 })).toEqual({ columns: 132, rows: 50 });
    expect(toScreenSize({ columns: 0, rows: 0 })).toEqual({ columns: 80, rows: 24 });
    expect(toScreenSize()).toEqual({ columns: 80, rows: 24 });
  });

  it('is measured in columns: two for a wide letter, none for an accent', () => {
    expect(displayWidth('chat')).toBe(4);
    expect(displayWidth('模型')).toBe(4);
    expect(displayWidth('e\u0301')).toBe(1);
    expect(truncateText('模型模型', 5)).toBe('模型…');
    expect(truncateText('chat-fine-tuned', 8)).toBe('chat-fi…');
  });

  it('is wrapped at words, under its mark, and cut after the last line', () => {
    expect(wrapText('one two three', { columns: 9, mark: '1. ' })).toEqual([
      '1. one',
      '   two',
      '   three',
    ]);
    expect(wrapText('one two three four', { columns: 8, most: 2 })).toEqual(['one two', 'three …']);
    expect(wrapText('a-very-long-name', { columns: 6 })).toEqual(['a-ver…']);
  });

  it('loses columns before names, and never figures', () => {
    const columns = [
      { title: 'name', least: 8 },
      { title: 'spend', isFigure: true },
      { title: 'price', isFigure: true, rank: 1 },
    ];
    const rows = [['a-long-deployment-name', '$1,200', '$0.10']];
    expect(renderFittedTable(columns, rows, 40)).toEqual([
      'name                     spend  price',
      'a-long-deployment-name  $1,200  $0.10',
    ]);
    expect(renderFittedTable(columns, rows, 26)).toEqual([
      'name          spend  price',
      'a-long-dep…  $1,200  $0.10',
    ]);
    expect(renderFittedTable(columns, rows, 16)).toEqual(['name       spend', 'a-long-…  $1,200']);
  });

  it('never passes the edge, whatever names and widths there are', () => {
    const anyText = fc.string({ unit: 'grapheme', maxLength: 60 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyText, anyText, anyText), { maxLength: 5 }),
        fc.integer({ min: 40, max: 120 }),
        (rows, columns) => {
          const heads = [
            { title: 'a', least: 8 },
            { title: 'b', least: 8, rank: 1 },
            { title: 'c', isFigure: true, rank: 2 },
          ];
          const lines = [
            ...renderFittedTable(heads, rows, columns),
            ...rows.flatMap(([text]) => wrapText(text, { columns, mark: '  - ' })),
          ];
          expect(tooWide(lines.join('\n'), columns)).toEqual([]);
        },
      ),
    );
  });
});

test('every kind of verdict fits the smallest supported screen', () => {
  for (const verdict of [
    'keep',
    'too small to act on',
    'not certain enough',
    'not enough evidence',
  ]) {
    const audit = mixedAudit();
    const stack = { ...audit.stack, verdict } as Audit['stack'];
    const screen = { columns: 60, rows: 24 };
    expectScreen(renderVerdict({ ...audit, stack }, { screen, all: false }), screen);
  }
});
