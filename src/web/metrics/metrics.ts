/** Definitions of all metrics, in the order of the `/metrics` page. */

import { isRecentlyRetired } from '../../calendar/horizons.ts';
import {
  fromLedger,
  type MetricDefinition,
  type MetricSample,
  perSource,
  sampleIfKnown,
  singleSample,
  toSeconds,
} from './metricDefinition.ts';
import { DELIVERY_STATES } from '../../domain/delivery.ts';
import type { LedgerSnapshot, QuarterDelivery } from './snapshot.ts';

const deliveryMetrics: readonly MetricDefinition[] = [
  {
    name: 'rentcheck_deliveries',
    help: 'Deliveries of all editions of a quarter, by state.',
    type: 'gauge',
    labels: ['quarter', 'state'],
    samples: fromLedger(({ deliveries }) =>
      byQuarterAndState(deliveries).flatMap(({ labels, list }) =>
        sampleIfKnown(labels, list.length),
      ),
    ),
  },
  {
    name: 'rentcheck_last_delivery_timestamp_seconds',
    help: 'When a delivery of a quarter last entered a state. Absent if none is in it.',
    type: 'gauge',
    labels: ['quarter', 'state'],
    samples: fromLedger(({ deliveries }) =>
      byQuarterAndState(deliveries)
        .filter(({ list }) => list.length > 0)
        .flatMap(({ labels, list }) =>
          sampleIfKnown(labels, toSeconds(Math.max(...list.map(({ changedAtMs }) => changedAtMs)))),
        ),
    ),
  },
  {
    name: 'rentcheck_report_due_timestamp_seconds',
    help: 'When the newest due report was due. Absent before the first one.',
    type: 'gauge',
    labels: ['quarter'],
    samples: ofDue(({ atMs }) => toSeconds(atMs)),
  },
  {
    name: 'rentcheck_report_undelivered',
    help: 'Whether the newest due report has not reached all leaders: 1 or 0.',
    type: 'gauge',
    labels: ['quarter'],
    samples: ofDue(({ hasGoneOut }) => (hasGoneOut ? 0 : 1)),
  },
];

type Due = NonNullable<LedgerSnapshot['dueReport']['due']>;

function ofDue(value: (due: Due) => number) {
  return fromLedger(({ dueReport: { due } }) =>
    due === undefined ? [] : sampleIfKnown({ quarter: due.quarter }, value(due)),
  );
}

interface Group {
  readonly labels: MetricSample['labels'];
  readonly list: readonly QuarterDelivery[];
}

/** Every state of every quarter with deliveries, so a state without deliveries is exported as 0. */
function byQuarterAndState(deliveries: readonly QuarterDelivery[]): Group[] {
  const quarters = [...Map.groupBy(deliveries, ({ quarter }) => quarter)];
  return quarters.flatMap(([quarter, ofQuarter]) =>
    DELIVERY_STATES.map((state) => ({
      labels: { quarter, state },
      list: ofQuarter.filter((delivery) => delivery.state === state),
    })),
  );
}

const workerFigures: readonly MetricDefinition[] = [
  {
    name: 'rentcheck_build_info',
    help: 'Always 1; the version that runs is a label.',
    type: 'gauge',
    labels: ['version'],
    samples: ({ version }) => sampleIfKnown({ version }, 1),
  },
  {
    name: 'rentcheck_writer',
    help: 'Whether this worker may write to the ledger now: 1 or 0.',
    type: 'gauge',
    labels: [],
    samples: ({ isWriter }) => singleSample(isWriter ? 1 : 0),
  },
  {
    name: 'rentcheck_lease_fresh',
    help: 'Whether Redis renewed the lease of this worker in time: 1 or 0.',
    type: 'gauge',
    labels: [],
    samples: ({ isLeaseFresh }) => singleSample(isLeaseFresh ? 1 : 0),
  },
  {
    name: 'rentcheck_ledger_up',
    help: 'Whether the ledger answers: 1 or 0.',
    type: 'gauge',
    labels: [],
    samples: ({ ledger }) => singleSample(ledger === undefined ? 0 : 1),
  },
  {
    name: 'rentcheck_clock_behind_ledger_seconds',
    help: 'How far the clock of this machine is behind the newest record of the ledger, or 0.',
    type: 'gauge',
    labels: [],
    samples: fromLedger(({ lastRecordedMs }, nowMs) =>
      singleSample(toSeconds(Math.max(0, lastRecordedMs - nowMs))),
    ),
  },
  {
    name: 'rentcheck_queue_up',
    help: 'Whether the queue answers: 1 or 0.',
    type: 'gauge',
    labels: [],
    samples: ({ counts }) => singleSample(counts === undefined ? 0 : 1),
  },
  {
    name: 'rentcheck_queue_jobs',
    help: 'Jobs in the queue by state. Jobs that are done are kept for a month.',
    type: 'gauge',
    labels: ['state'],
    samples: ({ counts = {} }) =>
      Object.entries(counts).flatMap(([state, count]) => sampleIfKnown({ state }, count)),
  },
  {
    name: 'rentcheck_lane_oldest_waiting_seconds',
    help: 'How long the oldest waiting job has waited, by lane.',
    type: 'gauge',
    labels: ['lane'],
    samples: ({ concurrencyAges }) =>
      concurrencyAges.flatMap(({ key: lane, oldestWaitingMs: ms }) =>
        sampleIfKnown({ lane }, ms && toSeconds(ms)),
      ),
  },
  {
    name: 'rentcheck_lane_oldest_running_seconds',
    help: 'How long the oldest running job has run, by lane.',
    type: 'gauge',
    labels: ['lane'],
    samples: ({ concurrencyAges }) =>
      concurrencyAges.flatMap(({ key: lane, oldestRunningMs: ms }) =>
        sampleIfKnown({ lane }, ms && toSeconds(ms)),
      ),
  },
  {
    name: 'rentcheck_owed_jobs',
    help: 'Jobs that are due and have not run.',
    type: 'gauge',
    labels: [],
    samples: fromLedger(({ due }) => singleSample(due.length)),
  },
];

const sourceFigures: readonly MetricDefinition[] = [
  {
    name: 'rentcheck_pulls_total',
    help: 'Requests to a source that ended, by outcome: success or failure.',
    type: 'counter',
    labels: ['source', 'outcome'],
    samples: fromLedger(({ sources }) =>
      sources.flatMap(({ id: source, succeeded, failed }) => [
        ...sampleIfKnown({ source, outcome: 'success' }, succeeded),
        ...sampleIfKnown({ source, outcome: 'failure' }, failed),
      ]),
    ),
  },
  {
    name: 'rentcheck_pulls_unfinished',
    help: 'Requests that started and have not ended. They still run, or their worker stopped.',
    type: 'gauge',
    labels: ['source'],
    samples: perSource(({ unfinished }) => unfinished),
  },
  {
    name: 'rentcheck_rejected_rows_total',
    help: 'Rows of a source that were rejected.',
    type: 'counter',
    labels: ['source'],
    samples: perSource(({ rejects }) => rejects),
  },
  {
    name: 'rentcheck_source_last_success_timestamp_seconds',
    help: 'When a source last answered. Absent if it never did.',
    type: 'gauge',
    labels: ['source'],
    samples: perSource(({ lastSuccessMs }) => lastSuccessMs && toSeconds(lastSuccessMs)),
  },
  {
    name: 'rentcheck_source_last_failure_timestamp_seconds',
    help: 'When a request to a source last failed. Absent if none did.',
    type: 'gauge',
    labels: ['source'],
    samples: perSource(({ lastFailure }) => lastFailure && toSeconds(lastFailure.atMs)),
  },
  {
    name: 'rentcheck_source_lag_seconds',
    help: 'How far the data of a source lags behind now. Absent if no period was pulled.',
    type: 'gauge',
    labels: ['source'],
    samples: perSource(
      ({ reachesToMs }, nowMs) => reachesToMs && toSeconds(Math.max(0, nowMs - reachesToMs)),
    ),
  },
  {
    name: 'rentcheck_source_stale_after_seconds',
    help: 'After this time without a response a configured source counts as stale.',
    type: 'gauge',
    labels: ['source'],
    samples: perSource(({ staleAfterMs }) => staleAfterMs && toSeconds(staleAfterMs)),
  },
];

const billFigures: readonly MetricDefinition[] = [
  {
    name: 'rentcheck_bill_gaps',
    help: 'Days of the last 92 for which a bill of the source is overdue.',
    type: 'gauge',
    labels: ['source'],
    samples: fromLedger(({ missingBills }) =>
      missingBills.flatMap(({ source, days }) => sampleIfKnown({ source }, days)),
    ),
  },
  {
    name: 'rentcheck_resources_unbilled',
    help: 'Resources that ran according to the inventory of a source but are on no bill.',
    type: 'gauge',
    labels: ['source'],
    samples: fromLedger(({ missingBills }) =>
      missingBills.flatMap(({ source, resources }) => sampleIfKnown({ source }, resources)),
    ),
  },
];

const auditFigures: readonly MetricDefinition[] = [
  {
    name: 'rentcheck_hosted_sellers',
    help: 'Providers that sell a hosted equivalent of a deployment now.',
    type: 'gauge',
    labels: ['deployment'],
    samples: fromLedger(({ hostSellers }) =>
      hostSellers.flatMap(({ deployment, selling }) => sampleIfKnown({ deployment }, selling)),
    ),
  },
  {
    name: 'rentcheck_hosted_retired',
    help: 'Providers that stopped selling an equivalent of a deployment in the last 14 days.',
    type: 'gauge',
    labels: ['deployment'],
    samples: fromLedger(({ hostSellers }, nowMs) =>
      hostSellers.flatMap(({ deployment, retired }) => {
        const lately = retired.filter(({ sinceMs }) => isRecentlyRetired(sinceMs, nowMs));
        return sampleIfKnown({ deployment }, lately.length);
      }),
    ),
  },
  {
    name: 'rentcheck_coverage_ratio',
    help: 'Share of the paid time with known usage, by the newest audit of the newest quarter.',
    type: 'gauge',
    labels: ['deployment'],
    samples: fromLedger(({ deployments }) =>
      deployments.flatMap(({ deployment, coverage }) => sampleIfKnown({ deployment }, coverage)),
    ),
  },
  {
    name: 'rentcheck_effective_cost_usd_per_million_tokens',
    help: 'Cost of a million tokens, by the newest audit of the newest quarter.',
    type: 'gauge',
    labels: ['deployment'],
    samples: fromLedger(({ deployments }) =>
      deployments.flatMap(({ deployment, usdPerMtok }) =>
        sampleIfKnown({ deployment }, usdPerMtok),
      ),
    ),
  },
];

export const METRICS: readonly MetricDefinition[] = [
  ...workerFigures,
  ...sourceFigures,
  ...billFigures,
  ...auditFigures,
  ...deliveryMetrics,
];
