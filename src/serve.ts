/** Wires the pages: ledger, queue and schedule, each with as little as a page needs. */

import type { DeadMan } from './domain/deadMan.ts';
import { newestDueQuarter, reportDueMs } from './domain/due.ts';
import type { Order } from './domain/order.ts';
import {
  dayText,
  HOUR_MS,
  parseInstant,
  parseQuarter,
  type Quarter,
  quarterText,
} from './domain/period.ts';
import { factsOf, type Rhythm, type RhythmSource } from './domain/rhythm.ts';
import { sourceGaps } from './jobs/completeness.ts';
import type { JobContext } from './jobs/context.ts';
import { deadManOf } from './jobs/deadMan.ts';
import { hostSellers } from './jobs/hostSellers.ts';
import { reconciledBills } from './jobs/examineBills.ts';
import { owedNow } from './jobs/owed.ts';
import { JOBS } from './jobs/registry.ts';
import { rhythmOf } from './jobs/rhythm.ts';
import type { Log } from './platform/log.ts';
import { atMost } from './platform/atMost.ts';
import { openThreads, type Threads } from './platform/threads.ts';
import type { PageChart } from './report/charts/onPage.ts';
import { linesOf, partsOf } from './schedule/parts.ts';
import { openQueue } from './schedule/queue.ts';
import type { QueuePlace } from './schedule/redis.ts';
import { doorsFrom } from './web/door/fromConfig.ts';
import { serve } from './web/listen.ts';
import type { DueReport, DueWork, KnownSource, Site } from './web/site.ts';

export interface WebWish {
  readonly context: JobContext;
  readonly place: QueuePlace;
  readonly log: Log;
  readonly isWriter: () => boolean;
  readonly isLeaseFresh: () => boolean;
  readonly laneAges: Site['laneAges'];
}

/** How long closing the queue may take. */
const GOODBYE_MS = 2_000;

const THREAD = new URL('./thread.ts', import.meta.url);

interface Closing {
  close(): Promise<void>;
}

/** Serves the pages where the config has a section `web`. */
export async function serveWeb(wish: WebWish): Promise<Closing> {
  const { web } = wish.context.config;
  if (web === undefined) return { close: async () => undefined };
  const { place, log } = wish;
  // Before anything is opened: a token that is missing is refused.
  const doors = doorsFrom(web);
  const queue = openQueue({ place, jobs: JOBS, log });
  const board = {
    ...queue,
    lines: (id: string) => linesOf(queue, id),
    parts: (id: string) => partsOf(queue, id),
  };
  const threads = openThreads({ entry: THREAD });
  const served = await serve(siteOf({ ...wish, threads }, doors, board), web);
  return {
    async close() {
      await served.close();
      await threads.end();
      // A queue that is away never answers.
      await atMost(GOODBYE_MS, queue.close());
    },
  };
}

interface Wired extends WebWish {
  readonly threads: Threads;
}

function siteOf(
  { context, log, isWriter, isLeaseFresh, laneAges, threads }: Wired,
  doors: Site['doors'],
  board: Site['board'],
): Site {
  const { clock, ledger, codeVersion: version, config } = context;
  const rhythm = rhythmOf(context);
  return {
    clock,
    log,
    doors,
    version,
    ledger,
    board,
    boardChanges: config.web?.board === 'full',
    isWriter,
    isLeaseFresh,
    laneAges,
    sources: config.sources.flatMap(({ id, kind }) => knownSource({ id, kind }, rhythm)),
    due: () => dueOf(context, rhythm),
    drawCharts: (payload) => threads.run({ deed: 'charts', payload }) as Promise<PageChart[]>,
    dueReport: () => dueReportOf(context, rhythm),
    missingBills: remembered(context, (nowMs) => sourceGaps(context, nowMs)),
    hostSellers: remembered(context, (nowMs) => hostSellers({ ...context, nowMs })),
    reconciledBills: remembered(context, (nowMs) => reconciledBills({ ...context, nowMs })),
    lastQuarter: () => quarterText(parseQuarter('last', clock.nowMs(), config.fiscal.startMonth)),
  };
}

/** What only imports speak for is asked by nobody. */
function knownSource(source: Pick<KnownSource, 'id' | 'kind'>, rhythm: Rhythm): KnownSource[] {
  const scheduled = rhythm.sources.find(({ id }) => id === source.id);
  if (scheduled === undefined) return [];
  return [
    { ...source, staleAfterMs: isAskedHourly(scheduled, rhythm) ? 3 * HOUR_MS : 26 * HOUR_MS },
  ];
}

function isAskedHourly(source: RhythmSource, { crons }: Rhythm): boolean {
  const lines = (['usage', 'scraper', 'inventory'] as const).filter((line) => crons[line]);
  return lines.some((line) => factsOf(line, source).length > 0);
}

async function dueOf(context: JobContext, rhythm: Rhythm): Promise<DueWork[]> {
  const { orders } = await owedNow(context, rhythm);
  return orders.map((order) => dueWorkOf(order, rhythm));
}

/** A report is due by its rule, a pull when its period is over. */
function dueWorkOf({ name, payload }: Order, { due }: Rhythm): DueWork {
  const { to, quarter } = payload;
  const isReport = typeof quarter === 'string';
  const dueAtMs = isReport
    ? due && reportDueMs(parseQuarter(quarter, 0), due)
    : parseInstant(String(to));
  return { name, payload, ...(dueAtMs === undefined ? {} : { dueAtMs }) };
}

/** Asked every few seconds, and found anew when something was recorded or a day has passed. */
function remembered<T>(
  { ledger, clock }: Pick<JobContext, 'ledger' | 'clock'>,
  ask: (nowMs: number) => Promise<T>,
): () => Promise<T> {
  let known: { readonly of: string; readonly answer: Promise<T> } | undefined;
  return async () => {
    const nowMs = clock.nowMs();
    const of = `${await ledger.lastRecordedMs()} ${dayText(nowMs)}`;
    if (known?.of === of) return known.answer;
    const answer = ask(nowMs);
    known = { of, answer };
    // What failed is asked again.
    answer.catch(() => void (known = undefined));
    return answer;
  };
}

/** The due report by the rule of the overdue alert, so that page, metric and `doctor` agree. */
async function dueReportOf(context: JobContext, { due }: Rhythm): Promise<DueReport> {
  if (due === undefined) return {};
  const { config, ledger, clock } = context;
  const nowMs = clock.nowMs();
  const deadMan = await deadManOf({ config, ledger, nowMs });
  const next = following(newestDueQuarter(nowMs, due));
  return {
    ...(deadMan.kind === 'nothing-due' ? {} : { due: newestDue(deadMan) }),
    next: { quarter: quarterText(next), atMs: reportDueMs(next, due) },
  };
}

function newestDue({ kind, quarter, dueMs }: Exclude<DeadMan, { kind: 'nothing-due' }>) {
  return { quarter, atMs: dueMs, hasGoneOut: kind === 'sent' };
}

function following({ year, number }: Quarter): Quarter {
  if (number === 4) return { year: year + 1, number: 1 };
  return { year, number: (number + 1) as Quarter['number'] };
}
