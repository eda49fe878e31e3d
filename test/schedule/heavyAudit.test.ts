/**
 * A worker stays responsive during an audit: its lease is renewed, other jobs run, pages answer.
 */

import { join } from 'node:path';
import { type Job, Queue, QueueEvents } from 'bullmq';
import { expect, it, onTestFinished } from 'vitest';
import { nanoUsd, nanoUsdPerMtok } from '../../src/domain/money.ts';
import { DAY_MS, MINUTE_MS, period } from '../../src/domain/period.ts';
import { quarterPeriod } from '../../src/calendar/quarter.ts';
import type { Fetched, Located } from '../../src/domain/provenance.ts';
import type { UsageRow } from '../../src/domain/usage.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { QUEUE_NAME } from '../../src/schedule/queue.ts';
import { connectRedis, queueOptions } from '../../src/schedule/redis.ts';
import { fetched, located } from '../ledger/ledgerFixture.ts';
import { folderWith } from '../support/cli.ts';
import type { WorkerProcessOptions } from '../support/workerProgram.ts';
import { type LogLine, startWorkerProcess } from '../support/workerProcesses.ts';
import { LIMIT_MS } from '../support/timeouts.ts';
import { freePort } from '../support/ports.ts';
import { sharedRedis } from '../support/redis.ts';
import { NO_SCHEDULE } from '../support/slowPod.ts';

/** Enough deployments for an audit of seconds. */
const DEPLOYMENTS = 12;
const STEP_MS = 5 * MINUTE_MS;
const WINDOW = quarterPeriod({ year: 2026, number: 3 }, 1);
/** Long enough for a worker that pauses for a moment on a busy machine. */
const PACE = { leaseMs: 8_000, lockMs: 30_000 };
const AUDIT = { quarter: '2026-Q3', asOf: '2026-11-01' };

function usageOf(deployment: string): Located<UsageRow>[] {
  return Array.from({ length: (WINDOW.endMs - WINDOW.startMs) / STEP_MS }, (_, position) => {
    const startMs = WINDOW.startMs + position * STEP_MS;
    const tokens = Math.round((1 + Math.sin((position * 2 * Math.PI) / 288)) * 300_000);
    const fact = {
      sourceId: 'import',
      deployment,
      period: period(startMs, startMs + STEP_MS),
      uncachedPromptTokens: tokens,
      cachedPromptTokens: 0,
      outputTokens: tokens,
      requests: 100,
      busyMs: STEP_MS / 2,
      replicaMs: STEP_MS,
    };
    return { position, fact };
  });
}

function factsOf(deployment: string): Fetched {
  const days = (WINDOW.endMs - WINDOW.startMs) / DAY_MS;
  const charges = Array.from({ length: days }, (_, day) => ({
    sourceId: 'import',
    key: `${deployment}/${day}`,
    resourceId: deployment,
    category: 'compute' as const,
    pricingClass: 'on-demand' as const,
    period: period(WINDOW.startMs + day * DAY_MS, WINDOW.startMs + (day + 1) * DAY_MS),
    billed: nanoUsd(48_000_000_000n),
    basis: 'billed' as const,
  }));
  const price = {
    sourceId: 'import',
    model: 'example/model',
    host: 'host-a',
    quantization: 'fp8',
    validFromMs: 0,
    inputPerMtok: nanoUsdPerMtok(100_000_000n),
    outputPerMtok: nanoUsdPerMtok(300_000_000n),
    free: false,
    offered: true,
  } as const;
  const facts = { charges: located(...charges), usage: usageOf(deployment) };
  return fetched({ ...facts, prices: located(price) }, { sourceId: 'import', kind: 'import' });
}

const NAMES = Array.from({ length: DEPLOYMENTS }, (_, at) => `chat-${at}`);

function configOf(prefix: string, web = ''): string {
  const deployments = NAMES.map(
    (name) => `
  ${name}:
    model: example/model
    gpu: { type: H100-80GB, count: 1 }
    resources: [{ source: import, match: { id: ${name} } }]
    usage: { source: import }
    capacity: { tokensPerSecond: 1900 }
    hosted: { equivalents: [{ via: import, model: example/model }] }`,
  );
  return `ledger: ./rentcheck.db
deployments:${deployments.join('')}
schedule: { ${NO_SCHEDULE}, check: off }
${web}
redis: { url: "\${REDIS_URL}", prefix: ${prefix} }
`;
}

async function stage(timeouts: WorkerProcessOptions['timeouts'] = PACE) {
  const redis = await sharedRedis();
  const place = redis.place();
  const port = await freePort();
  const folder = await folderWith({
    'one.yaml': configOf(place.prefix, `web: { port: ${port} }`),
    'other.yaml': configOf(place.prefix),
  });
  const ledger = await openLedger(join(folder, 'rentcheck.db'), { clock: systemClock });
  for (const name of NAMES) await ledger.facts.append(factsOf(name), WINDOW.endMs + DAY_MS);
  await ledger.close();
  const queue = new Queue(QUEUE_NAME, queueOptions(place));
  const events = new QueueEvents(QUEUE_NAME, queueOptions(place));
  await events.waitUntilReady();
  onTestFinished(async () => {
    await events.close();
    await queue.close();
  });
  const machine = async (name: string) => {
    const options = { config: join(folder, name), timeouts } as const;
    const started = startWorkerProcess(options, { REDIS_URL: place.address });
    await started.waitForLog('ready');
    return started;
  };
  const one = await machine('one.yaml');
  // It would take over a role that is not renewed, and the job with it.
  const standby = await machine('other.yaml');
  const ended = (job: Job) => job.waitUntilFinished(events, LIMIT_MS);
  return { queue, ended, one, standby, path: join(folder, 'rentcheck.db'), port, place };
}

it('while a worker audits, its lease is renewed, checks run and /readyz answers', async () => {
  const { queue, ended, standby, path, port } = await stage();
  const audit = await queue.add('audit', AUDIT, { attempts: 3 });
  const isActive = async () => (await audit.getState()) === 'active';
  await expect.poll(isActive).toBe(true);
  let checks = 0;
  const answers = new Set<number>();
  while (await isActive()) {
    await ended(await queue.add('check', {}));
    if (await isActive()) checks += 1;
    answers.add((await fetch(`http://127.0.0.1:${port}/readyz`)).status);
  }
  await ended(audit);
  expect(checks).toBeGreaterThan(0);
  expect([...answers]).toEqual([200]);
  // Begun once, by the one worker that ever had the role. The log shows its progress.
  const { id = '' } = audit;
  const job = await queue.getJob(id);
  expect(job?.attemptsStarted).toBe(1);
  const steps = ['reading bills, usage and prices', 'comparing the options'];
  expect((await queue.getJobLogs(id)).logs).toEqual(steps);
  expect(standby.lines.some(({ msg }) => msg === 'this worker is now the leader')).toBe(false);
  const ledger = await openLedger(path, { clock: systemClock, mode: 'readonly' });
  onTestFinished(() => ledger.close());
  expect((await ledger.work.writeLockHolder()).token).toBe(1);
  expect((await ledger.audits.load({ quarter: AUDIT.quarter }))?.deployments).toHaveLength(
    DEPLOYMENTS,
  );
});

it('an audit ends with the role of its worker, and the next writer runs it', async () => {
  const { queue, ended, one, path, place } = await stage({ leaseMs: 1_200, lockMs: 30_000 });
  const audit = await queue.add('audit', AUDIT, { attempts: 8, backoff: { type: 'growing' } });
  await expect.poll(() => audit.getState(), { interval: 10 }).toBe('active');
  const redis = connectRedis(place);
  onTestFinished(() => redis.disconnect());
  await redis.set(`${place.prefix}:rentcheck-writer`, 'somebody else', 'PX', 2_000);
  await one.waitForLog('another worker is now the leader');
  const stopped = 'the audit was stopped because this worker stopped [not-writer]';
  const isStopped = ({ msg, problem }: LogLine) =>
    msg === 'failed' && typeof problem === 'string' && problem.includes(stopped);
  await expect.poll(() => one.lines.some(isStopped)).toBe(true);
  await ended(audit);
  const ledger = await openLedger(path, { clock: systemClock, mode: 'readonly' });
  onTestFinished(() => ledger.close());
  const made = await ledger.audits.load({ quarter: AUDIT.quarter });
  expect(made?.deployments).toHaveLength(DEPLOYMENTS);
});
