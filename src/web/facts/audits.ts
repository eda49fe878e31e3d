/** Finds the audit that a page shows, its charts, and the deliveries of an edition by outcome. */

import { TREND_QUARTERS } from '../../calendar/horizons.ts';
import type { WebServices } from '../site.ts';
import type { Edition } from '../../domain/edition.ts';
import { parseQuarter, quarterText, quartersBefore } from '../../calendar/quarter.ts';
import type { AuditRecord } from '../../ledger/audits.ts';
import type { PageChart } from '../../report/charts/webCharts.ts';
import { createLruCache } from './lruCache.ts';
import type { Delivery } from '../../domain/delivery.ts';

export interface PageAudit {
  readonly record: AuditRecord;
  /** Absent if the audit has not been frozen as a report. */
  readonly edition?: Edition;
  /** A later quarter that was audited but not reported. */
  readonly pendingQuarter?: string;
}

export interface PageAudits {
  /** The newest reported quarter, else the newest audited one; `undefined` before any audit. */
  newest(): Promise<PageAudit | undefined>;
  forEdition(edition: Edition): Promise<PageAudit | undefined>;
  /** Charts of the whole stack, or of one deployment. */
  charts(answered: PageAudit, deployment?: string): Promise<readonly PageChart[]>;
}

/** Stored audits never change, so they and their charts are cached by run. */
const RUNS_KEPT = 4;
const PAGES_KEPT = 100;

export function createPageAudits({
  ledger,
  drawCharts,
}: Pick<WebServices, 'ledger' | 'drawCharts'>): PageAudits {
  const runs = createLruCache<AuditRecord | undefined>(RUNS_KEPT);
  const drawn = createLruCache<readonly PageChart[]>(PAGES_KEPT);
  const ofRun = (runId: string) => runs(runId, () => ledger.audits.load({ runId }));
  const answers: PageAudits = {
    async newest() {
      const [edition, quarter] = [
        newestOf(await ledger.deliveries.editions()),
        await ledger.audits.lastQuarter(),
      ];
      if (edition === undefined) {
        const record = quarter === undefined ? undefined : await ledger.audits.load({ quarter });
        return record && { record };
      }
      const answered = await answers.forEdition(edition);
      const isLater = quarter !== undefined && quarter > edition.quarter;
      return answered && (isLater ? { ...answered, pendingQuarter: quarter } : answered);
    },
    async forEdition(edition) {
      const record = await ofRun(edition.runId);
      return record && { record, edition };
    },
    charts({ record }, deployment) {
      return drawn(JSON.stringify([record.runId, deployment ?? '']), async () => {
        const { auditJson, detailJson } = record;
        const own = deployment === undefined ? {} : { deployment };
        const history = deployment === undefined ? await historyOf(record, ledger) : [];
        return drawCharts({ auditJson, detailJson, history, ...own });
      });
    },
  };
  return answers;
}

/** The last edition of the newest quarter. An older quarter may have a more recent correction. */
function newestOf(editions: readonly Edition[]): Edition | undefined {
  return editions.toSorted((a, b) => compareEditions(b, a))[0];
}

function compareEditions(a: Edition, b: Edition): number {
  if (a.quarter !== b.quarter) return a.quarter < b.quarter ? -1 : 1;
  return a.number - b.number;
}

/** The audits of earlier quarters, as of the time of this audit. */
async function historyOf(
  { quarter, asOfMs }: AuditRecord,
  ledger: Pick<WebServices['ledger'], 'audits'>,
): Promise<string[]> {
  if (quarter === undefined) return [];
  const found: string[] = [];
  for (const before of quartersBefore(parseQuarter(quarter, 0), TREND_QUARTERS)) {
    const record = await ledger.audits.load({ quarter: quarterText(before), asOfMs });
    if (record !== undefined) found.push(record.auditJson);
  }
  return found;
}

export interface DeliveryCounts {
  readonly planned: number;
  readonly sent: number;
  /** Deliveries whose outcome is unknown. A person must decide. */
  readonly ambiguous: number;
  /** Refused or failed deliveries. */
  readonly failed: number;
  /** When the newest delivery was sent. */
  readonly lastSentMs?: number;
}

/** Counts by edition. Editions without recipients are absent. */
export function countDeliveriesByEdition(
  deliveries: readonly Delivery[],
): Map<string, DeliveryCounts> {
  const groups = Map.groupBy(deliveries, ({ edition }) => edition);
  return new Map([...groups].map(([edition, list]) => [edition, count(list)]));
}

function count(list: readonly Delivery[]): DeliveryCounts {
  const inState = (...states: readonly Delivery['state'][]) =>
    list.filter(({ state }) => states.includes(state)).length;
  const sentAt = list.flatMap(({ sentAtMs }) => (sentAtMs === undefined ? [] : [sentAtMs]));
  return {
    planned: list.length,
    sent: inState('sent'),
    ambiguous: inState('ambiguous'),
    failed: inState('refused', 'failed'),
    ...(sentAt.length === 0 ? {} : { lastSentMs: Math.max(...sentAt) }),
  };
}
