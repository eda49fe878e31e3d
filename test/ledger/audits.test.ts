/** Audits in the ledger: stored whole and once, found again, and readable by SQL. */

import { describe, expect, it } from 'vitest';
import { DAY_MS, period } from '../../src/domain/period.ts';
import { auditRecord } from './auditFixture.ts';
import { JULY, JULY_1, scratchLedger } from './ledgerFixture.ts';

describe('an audit', () => {
  it('comes back as it was stored, and what was unknown is absent', async () => {
    const { ledger } = await scratchLedger();
    expect(await ledger.audits.save(auditRecord())).toBe(true);
    expect(await ledger.audits.load({ runId: 'run-1' })).toEqual(auditRecord());
    expect(await ledger.audits.load({ runId: 'run-2' })).toBeUndefined();
  });

  it('changes nothing when stored again under the same id', async () => {
    const { ledger } = await scratchLedger();
    await ledger.audits.save(auditRecord());
    expect(await ledger.audits.save(auditRecord({ computedAtMs: 5, auditJson: 'other' }))).toBe(
      false,
    );
    expect((await ledger.audits.load({ runId: 'run-1' }))?.auditJson).toBe(auditRecord().auditJson);
  });

  it('is found by quarter or window: the latest as-of time, then the newest run', async () => {
    const { ledger } = await scratchLedger();
    await ledger.audits.save(auditRecord({ runId: 'later', asOfMs: 20, computedAtMs: 1 }));
    await ledger.audits.save(auditRecord({ runId: 'recomputed', asOfMs: 20, computedAtMs: 9 }));
    await ledger.audits.save(auditRecord({ runId: 'as of old', asOfMs: 10, computedAtMs: 30 }));
    expect((await ledger.audits.load({ quarter: '2026-Q3' }))?.runId).toBe('recomputed');
    expect((await ledger.audits.load({ window: JULY }))?.runId).toBe('recomputed');
    expect(await ledger.audits.load({ quarter: '2026-Q2' })).toBeUndefined();
    expect(await ledger.audits.load({ window: period(0, 1) })).toBeUndefined();
  });

  it('is refused whole when it breaks the grain of a table', async () => {
    const { ledger } = await scratchLedger();
    const [day] = auditRecord().days;
    const twice = auditRecord({ days: day === undefined ? [] : [day, day] });
    await expect(ledger.audits.save(twice)).rejects.toMatchObject({ name: 'BrokenInvariant' });
    expect(await ledger.audits.load({ runId: 'run-1' })).toBeUndefined();
  });
});

describe('the views of audits', () => {
  it('give a day in exact integers and in readable numbers', async () => {
    const { ledger } = await scratchLedger();
    await ledger.audits.save(auditRecord());
    const one = async (sql: string) => (await ledger.query(sql)).rows;
    expect(
      await one(`SELECT day, deployment, spend_usd, spend_micro_usd, tokens, round(usd_per_mtok, 6),
        utilization, coverage, run_id FROM effective_cost_by_day ORDER BY deployment`),
    ).toEqual([
      ['2026-07-01', 'a', 0, 0, 0, null, null, null, 'run-1'],
      // Half a micro-dollar rounds to the even neighbor.
      ['2026-07-01', 'z-first', 6.0000005, 6_000_000, 15_600_000, 0.384615, 0.25, 0.5, 'run-1'],
    ]);
    expect(await one('SELECT host, cost_usd, tokens FROM counterfactual_by_day')).toEqual([
      ['host-a', 2.125825, 15_600_000],
    ]);
    expect(
      await one('SELECT day, resource_name, spend_micro_usd FROM unattributed_spend ORDER BY day'),
    ).toEqual([
      ['2026-07-01', null, 2],
      ['2026-07-02', 'models', 2],
    ]);
    expect(
      await one(`SELECT paid_replica_hours, covered_replica_hours, coverage FROM coverage_by_day
        WHERE deployment = 'z-first'`),
    ).toEqual([[24, 12, 0.5]]);
  });

  it('use the newest audit that covers the whole day', async () => {
    const { ledger } = await scratchLedger();
    await ledger.audits.save(auditRecord({ runId: 'old', asOfMs: 1 }));
    await ledger.audits.save(auditRecord({ runId: 'new', asOfMs: 2 }));
    const hours = period(JULY_1, JULY_1 + DAY_MS / 6);
    const { quarter: _none, ...byHand } = auditRecord({ runId: 'hours', asOfMs: 3, window: hours });
    await ledger.audits.save(byHand);
    const { rows } = await ledger.query('SELECT DISTINCT run_id FROM effective_cost_by_day');
    expect(rows).toEqual([['new']]);
  });

  it('take verdicts, deployments and options of each window from its newest audit', async () => {
    const { ledger } = await scratchLedger();
    await ledger.audits.save(auditRecord({ runId: 'old', asOfMs: 1 }));
    await ledger.audits.save(auditRecord({ runId: 'new', asOfMs: 2 }));
    const one = async (sql: string) => (await ledger.query(sql)).rows;
    expect(
      await one('SELECT quarter, verdict, spend_usd, saving_usd, run_id FROM audit_by_quarter'),
    ).toEqual([['2026-Q3', 'delete', 6, null, 'new']]);
    expect(
      await one('SELECT deployment, spend_nano_usd, run_id FROM audit_by_deployment ORDER BY 1'),
    ).toEqual([
      ['a', 0, 'new'],
      ['z-first', 9_007_199_254_740_993n, 'new'],
    ]);
    expect(
      await one('SELECT option, cost_usd, labor_nano_usd FROM option_by_deployment ORDER BY 1'),
    ).toEqual([
      ['delete', null, null],
      ['keep', 9, 3],
    ]);
    expect(
      await one(`SELECT gpu_usd, storage_nano_usd, other_usd, migration_nano_usd, probability,
        low_nano_usd, high_nano_usd FROM option_by_deployment ORDER BY option`),
    ).toEqual([
      [null, null, null, null, null, null, null],
      [8, 999_999_997, 0, 1, 0.125, -4, 9_007_199_254_740_997n],
    ]);
    expect(
      await one('SELECT low_usd, high_nano_usd, keep_usd, plan_usd FROM audit_by_quarter'),
    ).toEqual([[-2, 9_007_199_254_740_995n, 6.0000005, 2.125825]]);
    expect(
      await one('SELECT leaning, low_nano_usd, high_usd FROM audit_by_deployment ORDER BY 1'),
    ).toEqual([
      [null, null, null],
      ['hybrid', -9_007_199_254_740_995n, 5e-9],
    ]);
    expect(
      await one('SELECT run_id, deployment, verdict FROM verdict_history ORDER BY 1, 2'),
    ).toEqual([
      ['new', null, 'delete'],
      ['new', 'a', 'keep'],
      ['new', 'z-first', 'delete'],
      ['old', null, 'delete'],
      ['old', 'a', 'keep'],
      ['old', 'z-first', 'delete'],
    ]);
  });
});
