/** Law: every audit has an action, with an owner, a deadline, and the dollars that depend on it. */

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { compare, decimal, ONE, ZERO } from '../../src/domain/exact.ts';
import { nanoUsd } from '../../src/domain/money.ts';
import { DAY_MS } from '../../src/domain/period.ts';
import type { StackInput } from '../../src/economics/input.ts';
import { weighStack } from '../../src/economics/stack.ts';
import { seededRandom } from '../../src/platform/random.ts';
import { AUDIT_SENTENCES } from '../../src/report/copy/sentences.ts';
import type { AuditStack } from '../../src/verdict/audit.ts';
import { decide } from '../../src/verdict/decide.ts';
import { printAudit } from '../../src/verdict/document/document.ts';
import { ACTING } from '../support/acting.ts';
import { makeContracted } from '../support/committedWorlds.ts';
import { type Draw, int, pick } from '../support/oracle/draw.ts';
import { makeMostlyBilled, makeWorld } from '../support/oracle/worlds.ts';

const RUNS = { numRuns: 25, endOnFailure: true };
const TIMEOUT_MS = 120_000;
const POLICY = {
  minProbability: decimal('0.9'),
  minSavingUsd: decimal('1'),
  minSavingShare: decimal('0.15'),
  reversalSavingShare: decimal('0.3'),
  minCoverage: ZERO,
  maxUnattributedShare: ONE,
  draws: 30,
};
const IDENTITY = {
  quarter: '2026-Q3',
  partial: false,
  asOfMs: 0,
  runId: '0123456789abcdef',
  inputsDigest: 'd1'.repeat(32),
  codeVersion: '0',
};
const OWNER = 'ml-platform';

type Maker = (draw: Draw) => StackInput;

function stackOf(world: StackInput): AuditStack {
  const economics = weighStack(world);
  const verdict = decide(economics, { policy: POLICY, chance: seededRandom('law') });
  const acting = { ...ACTING, owner: OWNER };
  return printAudit({ economics, verdict, identity: IDENTITY, acting, sentences: AUDIT_SENTENCES })
    .audit.stack;
}

/** Most of what is paid is committed for a while, so changes wait for the end. */
function makeBound(draw: Draw): StackInput {
  const world = makeContracted(draw);
  const { endMs } = world.window;
  const commitments = ['bill', 'cloud'].map((sourceId) => ({
    sourceId,
    usdPerMonth: nanoUsd(BigInt(int(draw, 1, 60_000)) * 1_000_000_000n),
    untilMs: endMs + int(draw, 1, 150) * DAY_MS,
    ...pick(draw, {}, { noticeMs: int(draw, 0, 60) * DAY_MS }),
  }));
  return { ...world, commitments };
}

const WORLDS = [makeWorld, makeMostlyBilled, makeContracted, makeBound] as const;

function holds(law: (stack: AuditStack) => void, makers: readonly Maker[] = WORLDS): void {
  const worlds = fc.tuple(fc.constantFrom(...makers), fc.gen());
  fc.assert(
    fc.property(worlds, ([make, draw]) => law(stackOf(make(draw)))),
    RUNS,
  );
}

const TODAY = '2026-10-05';

test(
  'there is a step, and each has an owner, a day that has not passed, and dollars of one kind',
  () => {
    holds(({ steps }) => {
      expect(steps.length).toBeGreaterThan(0);
      const late = steps.filter(({ by }) => by === null || by < TODAY);
      expect(late).toEqual([]);
      expect(steps.filter(({ owner }) => owner === null || owner === undefined)).toEqual([]);
      const both = steps.filter(({ savingUsd, stakeUsd = null }) => {
        return decimal(savingUsd).num !== 0n && stakeUsd !== null;
      });
      expect(both).toEqual([]);
      const missed = steps.filter(({ missed: day = null }) => day !== null && day >= TODAY);
      expect(missed).toEqual([]);
    });
  },
  TIMEOUT_MS,
);

test(
  'among steps without savings the largest stake comes first, the unknown last',
  () => {
    holds(({ steps }) => {
      const duties = steps.filter(({ savingUsd }) => decimal(savingUsd).num === 0n);
      const stakes = duties
        .filter(({ action }) => action !== 'review')
        .map(({ stakeUsd }) => stakeUsd ?? null);
      const known = stakes.filter((stake) => stake !== null);
      expect(stakes.slice(0, known.length)).toEqual(known);
      expect(known).toEqual(known.toSorted((a, b) => compare(decimal(b), decimal(a))));
    });
  },
  TIMEOUT_MS,
);

test(
  'a contract that delays a change concerns those who use it, and releases more at its end',
  () => {
    let ends = 0;
    holds(
      ({ afterContracts = [], commitments, verdict }) => {
        for (const end of afterContracts) {
          ends += 1;
          expect(verdict).not.toBe('not enough evidence');
          const owing = commitments.filter(({ source }) => source === end.source);
          const users = owing.flatMap(({ shares }) => shares.map(({ deployment }) => deployment));
          expect(users).toEqual(expect.arrayContaining([...end.deployments]));
          expect(end.plan.map(({ deployment }) => deployment)).toEqual(end.deployments);
          expect(compare(decimal(end.savingUsd), decimal(end.todayUsd))).toBe(1);
        }
        const days = afterContracts.map(({ until }) => until ?? '9999');
        expect(days).toEqual(days.toSorted());
      },
      [makeBound],
    );
    expect(ends).toBeGreaterThan(0);
  },
  TIMEOUT_MS,
);
