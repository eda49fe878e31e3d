/** The state of the ledger and the queue at one moment, as the metrics need it. */

import type { Delivery } from '../../domain/delivery.ts';
import { Failure } from '../../domain/failure.ts';
import type { JobState, ConcurrencyKeyAge } from '../../calendar/queuedJob.ts';
import type { DeploymentState } from '../../ledger/audits.ts';
import type { SourceState, ReadSourceStates } from '../facts/sources.ts';
import type { DueReport, ProviderCounts, MissingBills, DueWork, WebServices } from '../site.ts';

/** The values that come from the ledger. */
export interface LedgerSnapshot {
  readonly sources: readonly SourceState[];
  readonly deployments: readonly DeploymentState[];
  readonly deliveries: readonly QuarterDelivery[];
  readonly dueReport: DueReport;
  readonly due: readonly DueWork[];
  readonly missingBills: readonly MissingBills[];
  readonly hostSellers: readonly ProviderCounts[];
  /** The newest time recorded in the ledger; 0 if it is empty. */
  readonly lastRecordedMs: number;
}

export type QuarterDelivery = Delivery & { readonly quarter: string };

export interface MetricsSnapshot {
  readonly nowMs: number;
  readonly version: string;
  readonly isWriter: boolean;
  readonly isLeaseFresh: boolean;
  readonly concurrencyAges: readonly ConcurrencyKeyAge[];
  /** Absent while the ledger is unavailable. */
  readonly ledger?: LedgerSnapshot;
  /** Absent while the queue is unavailable. */
  readonly counts?: Readonly<Record<JobState, number>>;
}

/** An unavailable part is logged and absent from the result. */
export async function takeMetricsSnapshot(
  site: WebServices,
  sources: ReadSourceStates,
): Promise<MetricsSnapshot> {
  const ledger = await ifAvailable(site, 'ledger', () => ledgerSnapshot(site, sources));
  const counts = await ifAvailable(site, 'queue', () => site.queue.countJobs());
  return {
    nowMs: site.clock.nowMs(),
    version: site.version,
    isWriter: site.isWriter(),
    isLeaseFresh: site.isLeaseFresh(),
    concurrencyAges: site.concurrencyAges(),
    ...(ledger === undefined ? {} : { ledger }),
    ...(counts === undefined ? {} : { counts }),
  };
}

async function ledgerSnapshot(
  site: WebServices,
  sources: ReadSourceStates,
): Promise<LedgerSnapshot> {
  const editions = await site.ledger.deliveries.editions();
  const quarters = new Map(editions.map(({ id, quarter }) => [id, quarter]));
  const deliveries = await site.ledger.deliveries.list();
  return {
    sources: await sources(),
    deployments: await site.ledger.audits.newestDeployments(),
    deliveries: deliveries.map((delivery) => ({
      ...delivery,
      quarter: quarters.get(delivery.edition) ?? 'unknown',
    })),
    dueReport: await site.dueReport(),
    due: await site.due(),
    missingBills: await site.missingBills(),
    hostSellers: await site.hostSellers(),
    lastRecordedMs: await site.ledger.facts.lastRecordedMs(),
  };
}

async function ifAvailable<T>(
  { log }: WebServices,
  part: string,
  read: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    log.warn('metrics lack a part', { part, problem, bug: !(error instanceof Failure) });
    return undefined;
  }
}
