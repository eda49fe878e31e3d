/** Definitions of all metrics, in the order of the `/metrics` page. */

import { RETIRED_LATELY_MS } from '../../domain/sellers.ts';
import { deliveryFigures } from './deliveryFigures.ts';
import { bySource, type Figure, known, ofLedger, one, seconds } from './figure.ts';

const workerFigures: readonly Figure[] = [
  {
    name: 'rentcheck_build_info',
    help: 'Always 1; the version that runs is a label.',
    type: 'gauge',
    labels: ['version'],
    samples: ({ version }) => known({ version }, 1),
  },
  {
    name: 'rentcheck_writer',
    help: 'Whether this worker may write to the ledger now: 1 or 0.',
    type: 'gauge',
    labels: [],
    samples: ({ isWriter }) => one(isWriter ? 1 : 0),
  },
  {
    name: 'rentcheck_lease_fresh',
    help: 'Whether Redis renewed the lease of this worker in time: 1 or 0.',
    type: 'gauge',
    labels: [],
    samples: ({ isLeaseFresh }) => one(isLeaseFresh ? 1 : 0),
  },
  {
    name: 'rentcheck_ledger_up',
    help: 'Whether the ledger answers: 1 or 0.',
    type: 'gauge',
    labels: [],
    samples: ({ ledger }) => one(ledger === undefined ? 0 : 1),
  },
  {
    name: 'rentcheck_clock_behind_ledger_seconds',
    help: 'How far the clock of this machine is behind the newest record of the ledger, or 0.',
    type: 'gauge',
    labels: [],
    samples: ofLedger(({ lastRecordedMs }, nowMs) =>
      one(seconds(Math.max(0, lastRecordedMs - nowMs))),
    ),
  },
  {
    name: 'rentcheck_queue_up',
    help: 'Whether the queue answers: 1 or 0.',
    type: 'gauge',
    labels: [],
    samples: ({ counts }) => one(counts === undefined ? 0 : 1),
  },
  {
    name: 'rentcheck_queue_jobs',
    help: 'Jobs in the queue by state. Jobs that are done are kept for a month.',
    type: 'gauge',
    labels: ['state'],
    samples: ({ counts = {} }) =>
      Object.entries(counts).flatMap(([state, count]) => known({ state }, count)),
  },
  {
    name: 'rentcheck_lane_oldest_waiting_seconds',
    help: 'How long the oldest waiting job has waited, by lane.',
    type: 'gauge',
    labels: ['lane'],
    samples: ({ laneAges }) =>
      laneAges.flatMap(({ lane, oldestWaitingMs: ms }) => known({ lane }, ms && seconds(ms))),
  },
  {
    name: 'rentcheck_lane_oldest_running_seconds',
    help: 'How long the oldest running job has run, by lane.',
    type: 'gauge',
    labels: ['lane'],
    samples: ({ laneAges }) =>
      laneAges.flatMap(({ lane, oldestRunningMs: ms }) => known({ lane }, ms && seconds(ms))),
  },
  {
    name: 'rentcheck_owed_jobs',
    help: 'Jobs that are due and have not run.',
    type: 'gauge',
    labels: [],
    samples: ofLedger(({ due }) => one(due.length)),
  },
];

const sourceFigures: readonly Figure[] = [
  {
    name: 'rentcheck_pulls_total',
    help: 'Requests to a source that ended, by outcome: success or failure.',
    type: 'counter',
    labels: ['source', 'outcome'],
    samples: ofLedger(({ sources }) =>
      sources.flatMap(({ id: source, succeeded, failed }) => [
        ...known({ source, outcome: 'success' }, succeeded),
        ...known({ source, outcome: 'failure' }, failed),
      ]),
    ),
  },
  {
    name: 'rentcheck_pulls_unfinished',
    help: 'Requests that started and have not ended. They still run, or their worker stopped.',
    type: 'gauge',
    labels: ['source'],
    samples: bySource(({ unfinished }) => unfinished),
  },
  {
    name: 'rentcheck_rejected_rows_total',
    help: 'Rows of a source that were rejected.',
    type: 'counter',
    labels: ['source'],
    samples: bySource(({ rejects }) => rejects),
  },
  {
    name: 'rentcheck_source_last_success_timestamp_seconds',
    help: 'When a source last answered. Absent if it never did.',
    type: 'gauge',
    labels: ['source'],
    samples: bySource(({ lastSuccessMs }) => lastSuccessMs && seconds(lastSuccessMs)),
  },
  {
    name: 'rentcheck_source_last_failure_timestamp_seconds',
    help: 'When a request to a source last failed. Absent if none did.',
    type: 'gauge',
    labels: ['source'],
    samples: bySource(({ lastFailure }) => lastFailure && seconds(lastFailure.atMs)),
  },
  {
    name: 'rentcheck_source_lag_seconds',
    help: 'How far the data of a source lags behind now. Absent if no period was pulled.',
    type: 'gauge',
    labels: ['source'],
    samples: bySource(
      ({ reachesToMs }, nowMs) => reachesToMs && seconds(Math.max(0, nowMs - reachesToMs)),
    ),
  },
  {
    name: 'rentcheck_source_stale_after_seconds',
    help: 'After this time without a response a configured source counts as stale.',
    type: 'gauge',
    labels: ['source'],
    samples: bySource(({ staleAfterMs }) => staleAfterMs && seconds(staleAfterMs)),
  },
];

const billFigures: readonly Figure[] = [
  {
    name: 'rentcheck_bill_gaps',
    help: 'Days of the last 92 for which a bill of the source is overdue.',
    type: 'gauge',
    labels: ['source'],
    samples: ofLedger(({ missingBills }) =>
      missingBills.flatMap(({ source, days }) => known({ source }, days)),
    ),
  },
  {
    name: 'rentcheck_resources_unbilled',
    help: 'Resources that ran according to the inventory of a source but are on no bill.',
    type: 'gauge',
    labels: ['source'],
    samples: ofLedger(({ missingBills }) =>
      missingBills.flatMap(({ source, resources }) => known({ source }, resources)),
    ),
  },
];

const auditFigures: readonly Figure[] = [
  {
    name: 'rentcheck_hosted_sellers',
    help: 'Providers that sell a hosted equivalent of a deployment now.',
    type: 'gauge',
    labels: ['deployment'],
    samples: ofLedger(({ hostSellers }) =>
      hostSellers.flatMap(({ deployment, selling }) => known({ deployment }, selling)),
    ),
  },
  {
    name: 'rentcheck_hosted_retired',
    help: 'Providers that stopped selling an equivalent of a deployment in the last 14 days.',
    type: 'gauge',
    labels: ['deployment'],
    samples: ofLedger(({ hostSellers }, nowMs) =>
      hostSellers.flatMap(({ deployment, retired }) => {
        const lately = retired.filter(({ sinceMs }) => nowMs - sinceMs < RETIRED_LATELY_MS);
        return known({ deployment }, lately.length);
      }),
    ),
  },
  {
    name: 'rentcheck_coverage_ratio',
    help: 'Share of the paid time with known usage, by the newest audit of the newest quarter.',
    type: 'gauge',
    labels: ['deployment'],
    samples: ofLedger(({ deployments }) =>
      deployments.flatMap(({ deployment, coverage }) => known({ deployment }, coverage)),
    ),
  },
  {
    name: 'rentcheck_effective_cost_usd_per_million_tokens',
    help: 'Cost of a million tokens, by the newest audit of the newest quarter.',
    type: 'gauge',
    labels: ['deployment'],
    samples: ofLedger(({ deployments }) =>
      deployments.flatMap(({ deployment, usdPerMtok }) => known({ deployment }, usdPerMtok)),
    ),
  },
];

export const FIGURES: readonly Figure[] = [
  ...workerFigures,
  ...sourceFigures,
  ...billFigures,
  ...auditFigures,
  ...deliveryFigures,
];
