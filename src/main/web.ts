/** Starts the web server and gives its pages access to ledger, queue and schedule. */

import type { JobState } from '../calendar/queuedJob.ts';
import { jobDueMs } from '../calendar/timetable.ts';
import { newestDueQuarter, type OverdueStatus, reportDueMs } from '../calendar/reportDue.ts';
import { dayText } from '../domain/period.ts';
import { parseQuarter, quarterText, nextQuarter } from '../calendar/quarter.ts';
import { type Schedule, staleAfterMs, toSchedule } from '../calendar/schedule.ts';
import { findSourceGaps } from '../jobs/completeness.ts';
import type { JobContext } from '../jobs/job.ts';
import { findReportStatus } from '../jobs/reportStatus.ts';
import { findDeploymentSellers } from '../jobs/hostedPrices.ts';
import { findBillStates } from '../jobs/examineBills.ts';
import { findBacklog } from '../jobs/backlog.ts';
import { JOBS } from '../jobs/registry.ts';
import type { Log } from '../platform/log.ts';
import { finishesWithin } from '../platform/clock.ts';
import { openThreads, type Threads } from '../platform/threads.ts';
import type { PageChart } from '../report/charts/webCharts.ts';
import { toReader } from '../report/locale.ts';
import { openQueue, readJobLog, readJobParts } from '../schedule/queue.ts';
import type { RedisLocation } from '../schedule/redis.ts';
import { toAccessSettings } from '../web/auth/access.ts';
import { startWebServer } from '../web/server.ts';
import type { DueReport, DueWork, ConfiguredSource, WebServices } from '../web/site.ts';

export interface WebOptions {
  readonly context: JobContext;
  readonly place: RedisLocation;
  readonly log: Log;
  readonly isWriter: () => boolean;
  readonly isLeaseFresh: () => boolean;
  readonly concurrencyAges: WebServices['concurrencyAges'];
}

/** How long closing the queue may take. */
const CLOSE_MS = 2_000;

const THREAD = new URL('./thread.ts', import.meta.url);

interface Closing {
  close(): Promise<void>;
}

/** Serves the pages if the config has the section `web`. */
export async function serveWeb(options: WebOptions): Promise<Closing> {
  const { web } = options.context.config;
  if (web === undefined) return { close: async () => undefined };
  const { place, log } = options;
  // Checked before anything is opened, so that a missing token fails at once.
  const accessSettings = toAccessSettings(web);
  const queue = openQueue({ place, jobs: JOBS, log });
  const board = {
    ...queue,
    listJobs: (states: readonly JobState[], most: number) => queue.list(states, most),
    countJobs: () => queue.counts(),
    jobLog: (id: string) => readJobLog(queue, id),
    childJobs: (id: string) => readJobParts(queue, id),
  };
  const threads = openThreads({ entry: THREAD });
  const served = await startWebServer(siteOf({ ...options, threads }, accessSettings, board), web);
  return {
    async close() {
      await served.close();
      await threads.end();
      // Closing never returns while Redis is unreachable.
      await finishesWithin(CLOSE_MS, queue.close());
    },
  };
}

interface Wired extends WebOptions {
  readonly threads: Threads;
}

function siteOf(
  { context, log, isWriter, isLeaseFresh, concurrencyAges, threads }: Wired,
  accessSettings: WebServices['access'],
  board: WebServices['queue'],
): WebServices {
  const {
    clock,
    ledger,
    audits: { codeVersion: version },
    config,
  } = context;
  const schedule = toSchedule(context);
  const { locale: tag } = config.report ?? {};
  const locale = tag === undefined ? {} : { locale: tag };
  const reader = toReader('page', tag);
  return {
    clock,
    log,
    access: accessSettings,
    version,
    ledger,
    queue: board,
    boardChanges: config.web?.board === 'full',
    isWriter,
    isLeaseFresh,
    concurrencyAges,
    sources: config.sources.flatMap(({ id, kind }) => knownSource({ id, kind }, schedule)),
    due: () => dueOf(context, schedule),
    reader,
    drawCharts: (request) =>
      threads.run({ name: 'charts', payload: { ...request, ...locale } }) as Promise<PageChart[]>,
    dueReport: () => dueReportOf(context, schedule),
    missingBills: cached(context, (nowMs) => findSourceGaps(context, nowMs, reader)),
    hostSellers: cached(context, (nowMs) => findDeploymentSellers({ ...context, nowMs })),
    reconciledBills: cached(context, (nowMs) => findBillStates({ ...context, nowMs }, reader)),
    lastQuarter: () => quarterText(parseQuarter('last', clock.nowMs(), config.fiscal.startMonth)),
  };
}

/** Returns nothing for a source that only imports use, because it is never pulled. */
function knownSource(
  source: Pick<ConfiguredSource, 'id' | 'kind'>,
  schedule: Schedule,
): ConfiguredSource[] {
  const entry = schedule.sources.find(({ id }) => id === source.id);
  return entry === undefined ? [] : [{ ...source, staleAfterMs: staleAfterMs(entry, schedule) }];
}

async function dueOf(context: JobContext, schedule: Schedule): Promise<DueWork[]> {
  const { jobs } = await findBacklog(context, schedule);
  return jobs.map(({ name, payload }) => {
    const dueAtMs = jobDueMs(payload, schedule);
    return { name, payload, ...(dueAtMs === undefined ? {} : { dueAtMs }) };
  });
}

/**
 * Caches an answer that pages request every few seconds. It is computed again after new facts and
 * on a new day.
 */
function cached<T>(
  { ledger, clock }: Pick<JobContext, 'ledger' | 'clock'>,
  compute: (nowMs: number) => Promise<T>,
): () => Promise<T> {
  let kept: { readonly version: string; readonly answer: Promise<T> } | undefined;
  return async () => {
    const nowMs = clock.nowMs();
    const version = `${await ledger.facts.lastRecordedMs()} ${dayText(nowMs)}`;
    if (kept?.version === version) return kept.answer;
    const answer = compute(nowMs);
    kept = { version, answer };
    // A failure is not cached.
    answer.catch(() => void (kept = undefined));
    return answer;
  };
}

/** Returns the due report by the rule of the overdue alert: page, metric and `doctor` agree. */
async function dueReportOf(context: JobContext, { due }: Schedule): Promise<DueReport> {
  if (due === undefined) return {};
  const { config, ledger, clock } = context;
  const nowMs = clock.nowMs();
  const status = await findReportStatus({ config, ledger, nowMs });
  const next = nextQuarter(newestDueQuarter(nowMs, due));
  return {
    ...(status.kind === 'nothing-due' ? {} : { due: newestDue(status) }),
    next: { quarter: quarterText(next), atMs: reportDueMs(next, due) },
  };
}

function newestDue({ kind, quarter, dueMs }: Exclude<OverdueStatus, { kind: 'nothing-due' }>) {
  return { quarter, atMs: dueMs, hasGoneOut: kind === 'sent' };
}
