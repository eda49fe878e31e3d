/** Random chart data: any number of deployments and of weeks. */

import * as fc from 'fast-check';
import { DAY_MS } from '../../src/domain/period.ts';
import type { OptionName } from '../../src/economics/offer.ts';
import type { ChartInput } from '../../src/report/charts/chartPlans.ts';
import { parseDetail } from '../../src/report/sections/storedAmounts.ts';
import type { Audit, AuditStackOption } from '../../src/verdict/audit.ts';
import type { Verdict } from '../../src/verdict/auditWord.ts';
import { aDeployment, aDetail, anAudit } from './auditFixture.ts';
import { readForLeader } from './readers.ts';

/** Any amount that is paid or saved, in micro-dollars: tiny, usual, huge. */
function usd(least: number): fc.Arbitrary<string> {
  const micro = fc.oneof(
    fc.integer({ min: least < 0 ? -900 : 0, max: 900 }),
    fc.integer({ min: least, max: 90_000_000_000 }),
    fc.integer({ min: least, max: 400_000_000_000_000 }),
  );
  return micro.map((value) => (value / 1e6).toFixed(6));
}

const paid = usd(0);
const saved = usd(-400_000_000_000_000);
const unknownOr = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 3 });

/** Names as an attacker or a foreign script would write them. */
const name = fc.oneof(
  fc.string({ maxLength: 70 }),
  fc.string({ unit: 'grapheme', maxLength: 70 }),
  fc.constantFrom('W'.repeat(80), '</text><script>', '{{headline}}', '\u202egnp.exe', ''),
);

const verdict = fc.constantFrom<Verdict>('delete', 'hybrid', 'keep', 'not enough evidence');

const deployment = fc
  .record({
    name,
    verdict,
    spend: paid,
    full: fc.double({ min: 0, max: 0.5, noNaN: true }),
    idle: fc.double({ min: 0, max: 0.5, noNaN: true }),
    savings: fc.record({ delete: unknownOr(saved), hybrid: unknownOr(saved) }),
    isKnown: fc.boolean(),
    isSplit: fc.boolean(),
    tokens: fc.constantFrom(0, 1, 4_000, 10 ** 9, 10 ** 14),
  })
  .map(({ name: id, verdict: word, spend, full, idle, savings, isKnown, isSplit, tokens }) => {
    const rent = Number(spend);
    const [fullUsd, idleUsd] = [(rent * full).toFixed(6), (rent * idle).toFixed(6)];
    const rest = (rent - Number(fullUsd) - Number(idleUsd)).toFixed(6);
    const numbers = Object.fromEntries(
      Object.entries(savings).map(([key, text]) => [key, text === null ? null : Number(text)]),
    ) as Partial<Record<OptionName, number | null>>;
    return aDeployment({
      id,
      verdict: word,
      spend: rent,
      savings: numbers,
      tokens,
      fullCapacityUsd: isKnown ? fullUsd : null,
      idleUsd: isKnown && isSplit ? idleUsd : null,
      underfilledUsd: isKnown && isSplit ? rest : null,
      ...(isKnown ? {} : { utilization: null, hosted: null }),
    });
  });

const WAYS = ['keep', 'delete', 'hybrid', 'serverless', 'move', 'right-size', 'best plan'] as const;

const way = (option: AuditStackOption['option']) =>
  fc
    .record({ costUsd: paid, savingUsd: saved, ends: unknownOr(fc.tuple(saved, saved)) })
    .map(({ costUsd, savingUsd, ends }): AuditStackOption => {
      const [low, high] = ends?.toSorted((a, b) => Number(a) - Number(b)) ?? [null, null];
      const parts = { gpuUsd: costUsd, storageUsd: '0', otherUsd: '0', laborUsd: '0' };
      const others = { hostedUsd: '0', strandedUsd: '0', migrationUsd: '0' };
      const odds = { low: low ?? null, high: high ?? null, probability: null };
      return { option, keeps: [], costUsd, ...parts, ...others, savingUsd, ...odds };
    });

const effect = fc.record({
  input: name,
  low: fc.constantFrom('−30%', '0', '5 h', 'cheapest'),
  base: fc.constant('as measured'),
  high: fc.constantFrom('+30%', '1', '40 h', 'dearest'),
  savingAtLowUsd: saved,
  savingAtHighUsd: saved,
});

const audit: fc.Arbitrary<Audit> = fc
  .record({
    deployments: fc.array(deployment, { maxLength: 45 }),
    options: fc.constantFrom([], WAYS).chain((names) => fc.tuple(...names.map(way))),
    sensitivity: fc.array(effect, { maxLength: 20 }),
    keepUsd: paid,
    base: unknownOr(saved),
    quarter: fc.constantFrom('2026-Q3', '2026-Q1', '2024-Q4', null),
    word: verdict,
  })
  .map(({ deployments, options, sensitivity, keepUsd, base, quarter, word }) => {
    // Foreign names may be equal. Ids are not.
    const apart = deployments.map((each, at) => ({ ...each, id: `${each.id}#${at}` }));
    const savingUsd = { base, low: null, high: null };
    const stack = { options, keepUsd, savingUsd, verdict: word };
    return anAudit({ deployments: apart, sensitivity, quarter, stack });
  });

/** Days for at most seven deployments, so that a quarter of forty does not take minutes. */
const days = fc.constantFrom(0, 1, 7, 40, 400);

export const anyCharted: fc.Arbitrary<ChartInput> = fc
  .record({
    audit,
    history: fc.array(audit, { maxLength: 4 }),
    days,
    share: fc.constantFrom(0, 0.2, 1, 3),
    gaps: fc.constantFrom(1, 2, 25),
    capacity: unknownOr(fc.constantFrom(1, 1000, 10 ** 10)),
  })
  .map(({ audit: one, history, days: count, share, gaps, capacity }) => {
    const hourly = (_: string, hour: number) =>
      hour % gaps === gaps - 1 && gaps > 1 ? null : Math.round((capacity ?? 7) * share);
    const shown = { ...one, deployments: one.deployments.slice(0, count > 40 ? 2 : 7) };
    const startMs = Date.UTC(2026, 6, 1) - count * DAY_MS;
    const options = { startMs, days: count, hourly, capacityTokensPerHour: capacity };
    return {
      audit: readForLeader(one),
      detail: parseDetail(aDetail(shown, options)),
      history: history.map(readForLeader),
    };
  });
