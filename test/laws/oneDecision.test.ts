/** Law: an edition has one decision, and every report, table and row states that one. */

import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderVerdict } from '../../src/cli/verdictText.ts';
import { decimal, ONE, sum } from '../../src/domain/exact.ts';
import { usdText } from '../../src/domain/money.ts';
import type { StackInput } from '../../src/economics/input.ts';
import { weighStack } from '../../src/economics/stack.ts';
import { seededRandom } from '../../src/platform/random.ts';
import { buildReportParts } from '../../src/report/report.ts';
import type { Audit } from '../../src/verdict/audit.ts';
import { decide } from '../../src/verdict/decide.ts';
import { AUDIT_SENTENCES } from '../../src/report/copy/sentences.ts';
import { printAudit } from '../../src/verdict/document/document.ts';
import { toAuditRows } from '../../src/verdict/document/rows.ts';
import { readPreviousVerdicts } from '../../src/verdict/judge/previousVerdict.ts';
import { pointRange } from '../economics/stackFixture.ts';
import { type Draw, pick } from '../support/oracle/draw.ts';
import { makeMostlyBilled, makeWorld } from '../support/oracle/worlds.ts';
import { fileText } from '../support/renderedReport.ts';
import { ACTING } from '../support/acting.ts';

const TIMEOUT_MS = 120_000;
const POLICY = {
  minProbability: decimal('0.9'),
  minSavingUsd: decimal('1'),
  minSavingShare: decimal('0.15'),
  reversalSavingShare: decimal('0.3'),
  minCoverage: decimal('0.5'),
  maxUnattributedShare: ONE,
  draws: 40,
};
const IDENTITY = {
  quarter: '2026-Q3',
  partial: false,
  asOfMs: 0,
  runId: '0123456789abcdef',
  inputsDigest: 'd1'.repeat(32),
  codeVersion: '0',
};
const CHANGES = new Set<string>(['delete', 'hybrid', 'serverless', 'move', 'right-size']);

function edition(world: StackInput, previous?: Audit) {
  const economics = weighStack(world);
  const standings = readPreviousVerdicts(previous);
  const verdict = decide(economics, { policy: POLICY, chance: seededRandom('law'), standings });
  const printed = printAudit({
    economics,
    verdict,
    identity: IDENTITY,
    acting: ACTING,
    sentences: AUDIT_SENTENCES,
    previous,
  });
  return { ...printed, rows: toAuditRows(economics, verdict) };
}

type Edition = ReturnType<typeof edition>;

/**
 * The one-off cost of hosting, or of running anything, often exceeds the saving of one deployment.
 */
function anyWorld(draw: Draw, most: number): StackInput {
  const world = makeMostlyBilled(draw, most);
  const { labor } = world;
  const fixed = () => pointRange(String(pick(draw, 0, 1, 8, 60)));
  return {
    ...world,
    labor: {
      ...labor,
      hosted: { ...labor.hosted, fixedHours: fixed() },
      selfHosted: { ...labor.selfHosted, fixedHours: fixed() },
    },
  };
}

/** The choice for each deployment, by the document. */
function decidedOf({ audit }: Edition): Map<string, string> {
  const plan = audit.stack.decision?.plan ?? [];
  return new Map(plan.map(({ deployment, option }) => [deployment, option]));
}

function expectAgreement(made: Edition): void {
  const { audit, rows, detail } = made;
  const decided = decidedOf(made);
  const ids = audit.deployments.map(({ id }) => id);
  expect([...decided.keys()]).toEqual(ids);
  const result = buildReportParts({ audit, detail, owners: ids });

  // The document and the rows for SQL.
  const isActed = CHANGES.has(audit.stack.verdict);
  expect([...decided.values()].some((option) => option !== 'keep')).toBe(isActed);
  for (const [at, { id, verdict, decision }] of audit.deployments.entries()) {
    const option = decided.get(id);
    expect(decision?.option).toBe(option);
    expect(CHANGES.has(verdict) ? verdict : 'keep').toBe(option);
    expect(rows.deployments[at]?.verdict).toBe(verdict);
  }

  // The steps, and their dollars.
  const steps = audit.stack.steps.filter(({ action }) => CHANGES.has(action));
  const changed = [...decided].filter(([, option]) => option !== 'keep');
  expect(new Map(steps.map((step) => [step.deployment, step.action]))).toEqual(new Map(changed));
  expect(usdText(sum(audit.stack.steps.map(({ savingUsd }) => decimal(savingUsd))))).toBe(
    audit.stack.decision?.savingUsd,
  );

  // The reports: the leaders', finance's, each owner's.
  expect(result.finance.headline).toBe(result.copy.headline);
  expect(/\bsave \$/.test(result.subject)).toBe(isActed);
  for (const { deployment, copy, subject } of result.owners) {
    const option = decided.get(deployment) ?? 'keep';
    const act = /^(?:Delete|Cap|Move|Right-size) /;
    expect(act.test(copy.headline), `${deployment}: ${option}, ${copy.headline}`).toBe(
      option !== 'keep',
    );
    expect(/, save \$/.test(subject) && option === 'keep').toBe(false);
    const own = copy.sections.flatMap((section) => section.steps);
    const mine = steps.filter((step) => step.deployment === deployment);
    expect(own.filter(({ worth }) => worth !== '').length > 0 && mine.length === 0).toBe(false);
  }

  // The tables, and the terminal.
  const table = parse(fileText(result.data, 'deployments.csv'), { bom: true, columns: true });
  for (const row of table as Record<string, string>[]) {
    expect(row['planned_option']).toBe(decided.get(row['deployment'] ?? ''));
    expect(CHANGES.has(row['verdict'] ?? '') ? row['verdict'] : 'keep').toBe(row['planned_option']);
  }
  const terminal = renderVerdict(audit, { screen: { columns: 200, rows: 24 }, all: true });
  expect(terminal.replaceAll('\n', ' ')).toContain(result.copy.headline);
  for (const { id, verdict } of audit.deployments) {
    expect(terminal).toMatch(new RegExp(`^${id} +${verdict.replace(/[()]/g, '\\$&')}`, 'm'));
  }
}

test.each([
  ['up to four', 4, 40],
  ['up to twenty', 20, 8],
])(
  'leaders, owners, finance, steps, tables and the document agree: %s deployments',
  (_, most, numRuns) => {
    fc.assert(
      fc.property(fc.gen(), (draw) => {
        const before = edition(anyWorld(draw, most)).audit;
        expectAgreement(edition(anyWorld(draw, most), before));
      }),
      { numRuns, endOnFailure: true },
    );
  },
  TIMEOUT_MS,
);

test(
  'these worlds cover every way in which single deployments and the stack disagree',
  () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(fc.gen(), (draw) => {
        const { audit } = edition(anyWorld(draw, 6));
        seen.add(audit.stack.verdict);
        for (const { decision } of audit.deployments) {
          seen.add(decision?.because ?? '');
          seen.add(decision?.heldBack?.because ?? '');
        }
      }),
      { numRuns: 80, seed: 7 },
    );
    expect([...seen].sort()).toEqual(
      expect.arrayContaining(['advised', 'held-back', 'kept', 'with-the-plan']),
    );
    expect([...seen]).toEqual(
      expect.arrayContaining(['too small to act on', 'not certain enough', 'not enough evidence']),
    );
  },
  TIMEOUT_MS,
);

test('a world without any deployment has a decision, too', () => {
  const world = makeWorldOf(0);
  expect(world.audit.stack.decision).toEqual({ plan: [], savingUsd: '0.000000' });
});

function makeWorldOf(count: number): Edition {
  let made: Edition | undefined;
  fc.assert(
    fc.property(fc.gen(), (draw) => {
      const world = makeWorld(draw);
      made = edition({ ...world, deployments: world.deployments.slice(0, count) });
    }),
    { numRuns: 1, seed: 1 },
  );
  if (made === undefined) throw new Error('one world was made');
  return made;
}
