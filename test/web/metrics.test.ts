/**
 * The metrics for Prometheus: the right names and figures, and no invented ones, whatever is down.
 */

import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { HOUR_MS } from '../../src/domain/period.ts';
import { METRICS } from '../../src/web/metrics/metrics.ts';
import { fetched } from '../ledger/ledgerFixture.ts';
import { promtool } from '../support/prometheus.ts';
import { HOSTILE, NOW, serveSite } from './siteFixture.ts';

async function metricsOf(app: Awaited<ReturnType<typeof serveSite>>['app']): Promise<string[]> {
  const { body, headers } = await app.inject({ url: '/metrics' });
  expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  return body.split('\n').filter((line) => line.startsWith('rentcheck_'));
}

test('every metric follows the rules of Prometheus, by promtool', async () => {
  const { app } = await serveSite();
  const { body } = await app.inject({ url: '/metrics' });
  const output = execFileSync(await promtool(), ['check', 'metrics'], { input: body });
  expect(output.toString()).toBe('');
  const missing = METRICS.filter(
    ({ name }) => name !== 'rentcheck_source_last_failure_timestamp_seconds',
  );
  for (const { name, help, type } of missing) {
    expect(body).toContain(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`);
  }
});

test('a metric that breaks them is found', async () => {
  const bad = '# HELP tokens Tokens.\n# TYPE tokens counter\ntokens 1\n';
  const tool = await promtool();
  expect(() => execFileSync(tool, ['check', 'metrics'], { input: bad, stdio: 'pipe' })).toThrow(
    /_total/,
  );
});

test('figures are those of ledger and queue', async () => {
  const { app, board } = await serveSite();
  await board.enqueue({ name: 'audit', payload: {} });
  expect(await metricsOf(app)).toEqual([
    'rentcheck_build_info{version="1.2.3"} 1',
    'rentcheck_writer 1',
    'rentcheck_lease_fresh 1',
    'rentcheck_ledger_up 1',
    'rentcheck_clock_behind_ledger_seconds 0',
    'rentcheck_queue_up 1',
    'rentcheck_queue_jobs{state="waiting"} 1',
    'rentcheck_queue_jobs{state="awaiting"} 0',
    'rentcheck_queue_jobs{state="running"} 0',
    'rentcheck_queue_jobs{state="delayed"} 0',
    'rentcheck_queue_jobs{state="failed"} 0',
    'rentcheck_queue_jobs{state="done"} 0',
    'rentcheck_lane_oldest_waiting_seconds{lane="pull prom"} 90.5',
    'rentcheck_lane_oldest_running_seconds{lane="pull prom"} 120',
    'rentcheck_owed_jobs 0',
    'rentcheck_pulls_total{source="runpod-main",outcome="success"} 1',
    'rentcheck_pulls_total{source="runpod-main",outcome="failure"} 0',
    'rentcheck_pulls_unfinished{source="runpod-main"} 0',
    'rentcheck_rejected_rows_total{source="runpod-main"} 0',
    'rentcheck_source_last_success_timestamp_seconds{source="runpod-main"} 1782864001',
    // From the end of July to three hours after the report.
    `rentcheck_source_lag_seconds{source="runpod-main"} ${(NOW - Date.UTC(2026, 7, 1)) / 1000}`,
    'rentcheck_source_stale_after_seconds{source="runpod-main"} 93600',
    'rentcheck_bill_gaps{source="runpod-main"} 0',
    'rentcheck_resources_unbilled{source="runpod-main"} 0',
    'rentcheck_hosted_sellers{deployment="chat-70b"} 3',
    'rentcheck_hosted_retired{deployment="chat-70b"} 0',
    'rentcheck_coverage_ratio{deployment="chat-70b"} 0.98',
    'rentcheck_effective_cost_usd_per_million_tokens{deployment="chat-70b"} 3.4',
    'rentcheck_deliveries{quarter="2026-Q3",state="waiting"} 1',
    'rentcheck_deliveries{quarter="2026-Q3",state="claimed"} 0',
    'rentcheck_deliveries{quarter="2026-Q3",state="handing"} 0',
    'rentcheck_deliveries{quarter="2026-Q3",state="sent"} 1',
    'rentcheck_deliveries{quarter="2026-Q3",state="refused"} 0',
    'rentcheck_deliveries{quarter="2026-Q3",state="deferred"} 0',
    'rentcheck_deliveries{quarter="2026-Q3",state="failed"} 0',
    'rentcheck_deliveries{quarter="2026-Q3",state="ambiguous"} 0',
    'rentcheck_last_delivery_timestamp_seconds{quarter="2026-Q3",state="waiting"} 1791349200',
    'rentcheck_last_delivery_timestamp_seconds{quarter="2026-Q3",state="sent"} 1791349202',
    'rentcheck_report_due_timestamp_seconds{quarter="2026-Q3"} 1791349200',
    'rentcheck_report_undelivered{quarter="2026-Q3"} 0',
  ]);
});

test('a source that never answered has no age; a failure is counted, with its time', async () => {
  const sources = [{ id: 'prom', kind: 'prometheus', staleAfterMs: 3 * HOUR_MS }];
  const { app, ledger } = await serveSite({ sources });
  const failure = { code: 'timeout', message: 'no answer' } as const;
  const failed = { sourceId: 'prom', startedAtMs: NOW - 5_000, failure };
  await ledger.facts.append(fetched({}, failed), NOW);
  const lines = (await metricsOf(app)).filter((line) => line.includes('source="prom"'));
  expect(lines).toEqual([
    'rentcheck_pulls_total{source="prom",outcome="success"} 0',
    'rentcheck_pulls_total{source="prom",outcome="failure"} 1',
    'rentcheck_pulls_unfinished{source="prom"} 0',
    'rentcheck_rejected_rows_total{source="prom"} 0',
    `rentcheck_source_last_failure_timestamp_seconds{source="prom"} ${(NOW - 5_000) / 1000}`,
    'rentcheck_source_stale_after_seconds{source="prom"} 10800',
  ]);
});

test('missing bills are reported for every source with charges, none as 0', async () => {
  const missingBills = async () => [
    { source: 'runpod', days: 3, resources: 2, gaps: [] },
    { source: 'aws', days: 0, resources: 0, gaps: [] },
  ];
  const { app } = await serveSite({ missingBills });
  const lines = (await metricsOf(app)).filter((line) => /bill_gaps|unbilled/.test(line));
  expect(lines).toEqual([
    'rentcheck_bill_gaps{source="runpod"} 3',
    'rentcheck_bill_gaps{source="aws"} 0',
    'rentcheck_resources_unbilled{source="runpod"} 2',
    'rentcheck_resources_unbilled{source="aws"} 0',
  ]);
});

test('providers that stopped selling count for two weeks, and current ones always', async () => {
  const retired = [{ sinceMs: NOW - 13 * 24 * HOUR_MS }, { sinceMs: NOW - 15 * 24 * HOUR_MS }];
  const hostSellers = async () => [
    { deployment: 'chat', selling: 4, retired },
    { deployment: 'code', selling: 0, retired: [] },
  ];
  const { app } = await serveSite({ hostSellers });
  const lines = (await metricsOf(app)).filter((line) => line.startsWith('rentcheck_hosted'));
  expect(lines).toEqual([
    'rentcheck_hosted_sellers{deployment="chat"} 4',
    'rentcheck_hosted_sellers{deployment="code"} 0',
    'rentcheck_hosted_retired{deployment="chat"} 1',
    'rentcheck_hosted_retired{deployment="code"} 0',
  ]);
});

test('a due report that reached no one is reported, and one not due yet is not', async () => {
  const next = { quarter: '2027-Q1', atMs: NOW + HOUR_MS };
  const due = { quarter: '2026-Q4', atMs: NOW - HOUR_MS, hasGoneOut: false };
  const late = await serveSite({ dueReport: async () => ({ due, next }) });
  expect(await metricsOf(late.app)).toContain('rentcheck_report_undelivered{quarter="2026-Q4"} 1');
  const beforeDue = await serveSite({ dueReport: async () => ({ next }) });
  expect((await metricsOf(beforeDue.app)).filter((line) => line.includes('report_'))).toEqual([]);
});

test('without the queue the rest is reported; without the ledger the queue is', async () => {
  const away = async () => {
    throw new Error('ECONNREFUSED');
  };
  const noQueue = await serveSite();
  const lines = await metricsOf(
    (await serveSite({ queue: { ...noQueue.board, countJobs: away } })).app,
  );
  expect(lines).toContain('rentcheck_queue_up 0');
  expect(lines).toContain('rentcheck_ledger_up 1');
  expect(lines.filter((line) => line.startsWith('rentcheck_queue_jobs'))).toEqual([]);
  const noLedger = await serveSite({ due: away });
  const others = await metricsOf(noLedger.app);
  expect(others).toContain('rentcheck_ledger_up 0');
  expect(others).toContain('rentcheck_queue_up 1');
  expect(noLedger.logged.join('\n')).toContain('ECONNREFUSED');
});

test('a hostile name stays inside its label', async () => {
  const sources = [{ id: `${HOSTILE}\n\\`, kind: 'runpod', staleAfterMs: 1000 }];
  const { app } = await serveSite({ sources });
  const lines = await metricsOf(app);
  expect(lines).toContain(
    'rentcheck_source_stale_after_seconds{source="<img src=x onerror=alert(1)>\\"\'&\\n\\\\"} 1',
  );
});

test('an immediate second request gets the same figures, a later one new ones', async () => {
  const { app, board, clock } = await serveSite();
  const waiting = async () => (await metricsOf(app)).find((line) => line.includes('"waiting"'));
  expect(await waiting()).toBe('rentcheck_queue_jobs{state="waiting"} 0');
  await board.enqueue({ name: 'audit', payload: {} });
  expect(await waiting()).toBe('rentcheck_queue_jobs{state="waiting"} 0');
  clock.set(NOW + 5_000);
  expect(await waiting()).toBe('rentcheck_queue_jobs{state="waiting"} 1');
});
