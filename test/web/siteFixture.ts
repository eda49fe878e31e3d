/** A site for tests: a real ledger with two frozen reports, and an in-memory queue. */

import { onTestFinished } from 'vitest';
import type { Delivery } from '../../src/domain/delivery.ts';
import { Failure } from '../../src/domain/failure.ts';
import { HOUR_MS } from '../../src/domain/period.ts';
import { settableClock } from '../../src/platform/clock.ts';
import type { Log } from '../../src/platform/log.ts';
import type { JobState, QueuedJob } from '../../src/calendar/queuedJob.ts';
import type { WebQueue, WebServices } from '../../src/web/site.ts';
import type { AccessSettings } from '../../src/web/auth/access.ts';
import { drawPageCharts } from '../../src/report/charts/webCharts.ts';
import { PAGE_READER } from '../../src/report/locale.ts';
import { createLruCache } from '../../src/web/facts/lruCache.ts';
import { buildServer } from '../../src/web/server.ts';
import { auditRecord } from '../ledger/auditFixture.ts';
import { aDetail } from '../support/auditFixture.ts';
import { mixedAudit } from '../support/audits.ts';
import { CFO, FROZEN_AT, OWNER, reportToFreeze } from '../ledger/deliveryFixture.ts';
import { charge, fetched, located, scratchLedger } from '../ledger/ledgerFixture.ts';

export const TOKEN = 'a-token-nobody-guesses';
export const NOW = FROZEN_AT + 3 * HOUR_MS;

export const OPEN: AccessSettings = {
  hostNames: ['127.0.0.1', 'localhost'],
  trustedProxies: [],
  secureCookies: false,
};

/** Names as a provider could choose them. */
export const HOSTILE = '<img src=x onerror=alert(1)>"\'&';

export interface MemoryQueue extends WebQueue {
  readonly jobs: Map<string, QueuedJob>;
  readonly logLines: string[];
  change(id: string, to: Partial<QueuedJob>): void;
}

/** A queue with the jobs that a test adds. It accepts only `audit`. */
function memoryQueue(): MemoryQueue {
  const jobs = new Map<string, QueuedJob>();
  const logLines: string[] = [];
  return {
    jobs,
    logLines,
    change(id, to) {
      const job = jobs.get(id);
      if (job === undefined) throw new Error(`there is no job ${id}`);
      jobs.set(id, { ...job, ...to });
    },
    async enqueue({ name, payload }) {
      if (!['audit', 'quarter'].includes(name))
        throw new Failure('usage', `there is no job "${name}"`);
      const id = `${name}/${jobs.size + 1}`;
      jobs.set(id, { id, name, payload, state: 'waiting', addedAtMs: NOW, tries: 0 });
      return { id };
    },
    state: async (id) => jobs.get(id),
    jobLog: async () => logLines,
    childJobs: async (id) => [...jobs.values()].filter((job) => job.id.startsWith(`${id}/`)),
    listJobs: async (states) => [...jobs.values()].filter(({ state }) => states.includes(state)),
    async countJobs() {
      const counts = { waiting: 0, awaiting: 0, running: 0, delayed: 0, failed: 0, done: 0 };
      for (const { state } of jobs.values()) counts[state satisfies JobState] += 1;
      return counts;
    },
    bullQueue: NO_QUEUE as WebQueue['bullQueue'],
  };
}

/** What the job board reads when it is built, and no more. */
const NO_QUEUE: unknown = { name: 'rentcheck', opts: {}, metaValues: { version: 'bullmq:6' } };

/** One deployment with all figures known, and one with none. */
const DEPLOYMENTS = [
  {
    deployment: 'chat-70b',
    model: 'llama',
    verdict: 'delete',
    spendNanoUsd: 41_200_000_000_000n,
    tokens: 12_000_000_000,
    coverage: 0.98,
    effectiveUsdPerMtok: 3.4,
  },
  { deployment: 'embed', model: 'bge', verdict: 'keep', spendNanoUsd: 0n, tokens: 0 },
];

const mixed = mixedAudit();

/** The audit that the pages show, as the ledger stores it. */
export const DOCUMENT = {
  auditJson: JSON.stringify(mixed),
  detailJson: JSON.stringify(aDetail(mixed)),
};

/** Drawn once per test file: every ledger here has the same audit. */
const drawn = createLruCache<Awaited<ReturnType<typeof drawPageCharts>>>(20);
const drawCharts: WebServices['drawCharts'] = (request) =>
  drawn(JSON.stringify(request), () => drawPageCharts(request));

export type SiteOptions = Partial<WebServices>;

/** Q3 in two editions. The first went to the CFO, the second waits. */
export async function createSite(wish: SiteOptions = {}) {
  const { ledger } = await scratchLedger();
  const board = memoryQueue();
  const clock = settableClock(NOW);
  const logged: string[] = [];
  await ledger.facts.append(
    fetched({ charges: located(charge('pods/1', 1_000_000)) }, { sourceId: 'runpod-main' }),
    NOW - HOUR_MS,
  );
  for (const run of [1, 2]) {
    const id = `run-${run}`;
    await ledger.audits.save(
      auditRecord({
        runId: id,
        quarter: '2026-Q3',
        partial: false,
        deployments: DEPLOYMENTS,
        ...DOCUMENT,
      }),
    );
    await ledger.deliveries.freezeEdition(
      reportToFreeze({ runId: id, number: run }),
      FROZEN_AT + run,
    );
  }
  const planned = await ledger.deliveries.plan('2026-Q3.1', [CFO, OWNER], FROZEN_AT);
  await send(ledger, planned[0]);
  const built: WebServices = {
    clock,
    log: logInto(logged),
    access: OPEN,
    version: '1.2.3',
    ledger,
    queue: board,
    boardChanges: false,
    sources: [{ id: 'runpod-main', kind: 'runpod', staleAfterMs: 26 * HOUR_MS }],
    due: async () => [],
    reader: PAGE_READER,
    drawCharts,
    hostSellers: async () => [{ deployment: 'chat-70b', selling: 3, retired: [] }],
    missingBills: async () => [{ source: 'runpod-main', days: 0, resources: 0, gaps: [] }],
    reconciledBills: async () => [],
    dueReport: async () => ({
      due: { quarter: '2026-Q3', atMs: FROZEN_AT, hasGoneOut: true },
      next: { quarter: '2026-Q4', atMs: FROZEN_AT + 92 * 24 * HOUR_MS },
    }),
    lastQuarter: () => '2026-Q3',
    isWriter: () => true,
    isLeaseFresh: () => true,
    concurrencyAges: () => [
      { key: 'pull prom', oldestWaitingMs: 90_500, oldestRunningMs: 120_000 },
    ],
    ...wish,
  };
  return { site: built, ledger, board, clock, logged };
}

async function send(ledger: Awaited<ReturnType<typeof scratchLedger>>['ledger'], to?: Delivery) {
  const request = { worker: 'w', nowMs: FROZEN_AT, leaseMs: 60_000 };
  const claim = await ledger.deliveries.claim(to?.id ?? '', request);
  if (claim === undefined) throw new Error('nothing to claim');
  await ledger.deliveries.prepare(claim, { messageId: '<1@example>', bytes: new Uint8Array([1]) });
  await ledger.deliveries.startSending(claim, request);
  await ledger.deliveries.settle(claim, { kind: 'sent', reply: '250 taken' }, FROZEN_AT + 2_000);
}

function logInto(lines: string[]): Log {
  const say = (message: string, fields?: object) =>
    void lines.push(`${message} ${JSON.stringify(fields ?? {})}`);
  return { debug: say, info: say, warn: say, error: say };
}

/** The built server, called without a socket. Closed when the test ends. */
export async function serveSite(wish: SiteOptions = {}) {
  const made = await createSite(wish);
  const app = await buildServer(made.site);
  onTestFinished(() => app.close());
  return { ...made, app };
}
