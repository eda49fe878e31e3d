/** The metrics of reports and their deliveries. */

import { DELIVERY_STATES } from '../../domain/delivery.ts';
import {
  type MetricDefinition,
  sampleIfKnown,
  fromLedger,
  type MetricSample,
  toSeconds,
} from './figure.ts';
import type { LedgerSnapshot, QuarterDelivery } from './snapshot.ts';

export const deliveryMetrics: readonly MetricDefinition[] = [
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
