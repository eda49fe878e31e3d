/** The services that the web server needs, each reduced to what the pages use. */

import type { ConcurrencyKeyAge, JobState, QueuedJob } from '../calendar/queuedJob.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { PageChart, PageChartsRequest } from '../report/charts/webCharts.ts';
import type { Reader } from '../report/locale.ts';
import type { AccessSettings } from './auth/access.ts';
import type { BullMQAdapter } from '@bull-board/api/bullMQAdapter';

/** A source of the config. */
export interface ConfiguredSource {
  readonly id: string;
  readonly kind: string;
  /** A source without a successful pull for this time is stale. */
  readonly staleAfterMs: number;
}

/** A job that is due and has not run. */
export interface DueWork {
  /** The job name: `pull`, `quarter`. */
  readonly name: string;
  readonly payload: unknown;
  /** Absent if the schedule has no time for this job itself. */
  readonly dueAtMs?: number;
}

/** Providers that sell a hosted equivalent of a deployment. */
export interface ProviderCounts {
  readonly deployment: string;
  /** The number of providers that sell one now. */
  readonly selling: number;
  /** When providers stopped selling it, latest first. */
  readonly retired: readonly { readonly sinceMs: number }[];
}

/** Missing bills of a source. */
export interface MissingBills {
  readonly source: string;
  readonly days: number;
  /** The number of running resources that are on no bill. */
  readonly resources: number;
  /** A sentence about each gap, and how to fix it. */
  readonly gaps: readonly { readonly says: string; readonly fix: string }[];
}

/** A month of a bill compared with the ledger, as rendered text. */
export interface ReconciledBill {
  readonly source: string;
  readonly month: string;
  readonly against: string;
  /** `matched`, or the problem. */
  readonly state: string;
  readonly asked: string;
  readonly held: string;
  /** Both `says` and `fix` are empty if the month matches. */
  readonly says: string;
  readonly fix: string;
}

/** The report that was due last, whether it was sent, and the next one. */
export interface DueReport {
  /** The newest quarter whose report is due; absent if none was due since the ledger began. */
  readonly due?: { readonly quarter: string; readonly atMs: number; readonly hasGoneOut: boolean };
  /** Absent if no reports are scheduled. */
  readonly next?: { readonly quarter: string; readonly atMs: number };
}

/** The services of the web server. It changes data only by enqueuing jobs. */
export interface WebServices {
  readonly clock: Clock;
  readonly log: Log;
  readonly access: AccessSettings;
  readonly version: string;
  readonly ledger: Pick<Ledger, 'facts' | 'audits' | 'deliveries' | 'work'>;
  readonly queue: WebQueue;
  /** Whether the job board may change the queue: pause it, remove jobs, or add jobs. */
  readonly boardChanges: boolean;
  readonly sources: readonly ConfiguredSource[];
  /** Due jobs, in the order in which they run. */
  due(): Promise<readonly DueWork[]>;
  /** How pages write numbers and dates: by `report.locale`. */
  readonly reader: Reader;
  /** Draws the charts of a stored audit in another thread, with numbers and dates by the locale. */
  drawCharts(request: Omit<PageChartsRequest, 'locale'>): Promise<readonly PageChart[]>;
  dueReport(): Promise<DueReport>;
  /** Missing bills of every source with charges. */
  missingBills(): Promise<readonly MissingBills[]>;
  hostSellers(): Promise<readonly ProviderCounts[]>;
  /** Totals of providers and invoices compared with the ledger, month by month. */
  reconciledBills(): Promise<readonly ReconciledBill[]>;
  /** The newest quarter that has ended: `2026-Q3`. */
  lastQuarter(): string;
  /** Whether this worker may write to the ledger now. */
  isWriter(): boolean;
  /** Whether a lease was recently renewed, which shows that Redis accepts writes. */
  isLeaseFresh(): boolean;
  /** The oldest waiting and running jobs of this worker, by concurrency key. */
  concurrencyAges(): readonly ConcurrencyKeyAge[];
}

export interface WebQueue {
  /** @throws {Failure} `usage` for an unknown job or an invalid payload; no job is added. */
  enqueue(request: { name: string; payload: unknown }): Promise<{ readonly id: string }>;
  state(id: string): Promise<QueuedJob | undefined>;
  /** The log of the job so far, one message per line. */
  jobLog(id: string): Promise<readonly string[]>;
  /** The child jobs that the job waits for or has waited for, in order. */
  childJobs(id: string): Promise<readonly QueuedJob[]>;
  /** Newest first within each state; at most `most` jobs of each state. */
  listJobs(states: readonly JobState[], most: number): Promise<readonly QueuedJob[]>;
  countJobs(): Promise<Readonly<Record<JobState, number>>>;
  /** The BullMQ queue itself, for the job board. */
  readonly bullQueue: ConstructorParameters<typeof BullMQAdapter>[0];
}
