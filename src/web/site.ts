/** What the pages are made from, each part with as little as a page needs. */

import type { LaneAge } from '../domain/queuedJob.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { ChartsWish, PageChart } from '../report/charts/onPage.ts';
import type { Board } from './board.ts';
import type { Doors } from './door/doors.ts';

/** A source as config names it. */
export interface KnownSource {
  readonly id: string;
  readonly kind: string;
  /** Without a successful pull for so long, something is wrong. */
  readonly staleAfterMs: number;
}

/** Work whose time has come and that has not been done. */
export interface DueWork {
  /** Of the job: `pull`, `quarter`. */
  readonly name: string;
  readonly payload: unknown;
  /** Absent where the schedule names no time for this piece of work alone. */
  readonly dueAtMs?: number;
}

/** Providers that sell a hosted equivalent of a deployment. */
export interface HostSellers {
  readonly deployment: string;
  /** Providers that sell one now. */
  readonly selling: number;
  /** When providers stopped, the last one first. */
  readonly retired: readonly { readonly sinceMs: number }[];
}

/** Missing bills of a source. */
export interface MissingBills {
  readonly source: string;
  readonly days: number;
  /** Running resources that are on no bill. */
  readonly resources: number;
  /** What to say of each gap, and what to do. */
  readonly gaps: readonly { readonly says: string; readonly fix: string }[];
}

/** A month of a bill beside the ledger, in words. */
export interface BillState {
  readonly source: string;
  readonly month: string;
  readonly against: string;
  /** `matched`, or what is wrong. */
  readonly state: string;
  readonly asked: string;
  readonly held: string;
  /** Both are empty where the month matches. */
  readonly says: string;
  readonly fix: string;
}

/** The report that was due last, whether it was sent, and the next one. */
export interface DueReport {
  /** The newest quarter whose report is due; absent where none was since the ledger began. */
  readonly due?: { readonly quarter: string; readonly atMs: number; readonly hasGoneOut: boolean };
  /** Absent where no quarter is reported by itself. */
  readonly next?: { readonly quarter: string; readonly atMs: number };
}

/** Everything the server shows, and nothing that it could change but by the queue. */
export interface Site {
  readonly clock: Clock;
  readonly log: Log;
  readonly doors: Doors;
  readonly version: string;
  readonly ledger: Pick<
    Ledger,
    | 'query'
    | 'editions'
    | 'edition'
    | 'editionFile'
    | 'deliveries'
    | 'lastRecordedMs'
    | 'loadAudit'
    | 'lastAuditedQuarter'
  >;
  readonly board: Board;
  /** Whether the job board may change the queue: pause it, remove jobs, give them a payload. */
  readonly boardChanges: boolean;
  readonly sources: readonly KnownSource[];
  /** In the order in which it is done. */
  due(): Promise<readonly DueWork[]>;
  /** Draws the charts of a stored audit, off this thread. */
  drawCharts(wish: ChartsWish): Promise<readonly PageChart[]>;
  dueReport(): Promise<DueReport>;
  /** Of every source that has charges. */
  missingBills(): Promise<readonly MissingBills[]>;
  hostSellers(): Promise<readonly HostSellers[]>;
  /** Totals of providers and invoices compared with the ledger, month by month. */
  reconciledBills(): Promise<readonly BillState[]>;
  /** The newest quarter that is over: `2026-Q3`. */
  lastQuarter(): string;
  /** Whether this worker may write to the ledger now. */
  isWriter(): boolean;
  /** Whether Redis lately took the renewal of a lease: it answers, and it can be written to. */
  isLeaseFresh(): boolean;
  /** How long jobs wait and run here, by lane; none where another worker runs them. */
  laneAges(): readonly LaneAge[];
}
