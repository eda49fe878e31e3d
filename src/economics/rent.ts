/** Knows what a deployment's rent bought: money and replica time, in whole and covered by usage. */

import { exact, subtract, sum } from '../domain/exact.ts';
import { sumNano, usd } from '../domain/money.ts';
import { sumWhole } from '../domain/whole.ts';
import type { DeploymentBill } from './bill.ts';
import { mostReplicas, paidSpanMs } from './concurrency.ts';
import type { CoveredDay } from './coverage.ts';
import type { PaidTime, Spend } from './result.ts';

export function spendOf(bill: DeploymentBill, days: readonly CoveredDay[]): Spend {
  const total = sumNano(bill.spend);
  const coveredUsd = sum(days.map((day) => day.coveredUsd));
  return {
    total,
    compute: sumNano(bill.compute),
    coveredUsd,
    coveredComputeUsd: sum(days.map((day) => day.coveredComputeUsd)),
    uncoveredUsd: subtract(usd(total), coveredUsd),
  };
}

export function timeOf(bill: DeploymentBill, days: readonly CoveredDay[]): PaidTime {
  const paidNs = sumWhole(days.map((day) => day.paidNs));
  const coveredNs = sumWhole(days.map((day) => day.coveredNs));
  return {
    paidNs,
    coveredNs,
    ...(paidNs === 0n ? {} : { coverage: exact(coveredNs, paidNs) }),
    mostReplicas: mostReplicas(bill.pieces),
    spanMs: paidSpanMs(bill.pieces),
  };
}
