/** Sums a deployment's spend and paid replica time, in total and for time covered by usage. */

import { exact, subtract, sum } from '../../domain/exact.ts';
import { nanoUsd, sumNano, usd } from '../../domain/money.ts';
import { sumWhole } from '../../domain/whole.ts';
import type { SideLack } from '../lack.ts';
import type { PaidTime, Spend } from '../result.ts';
import type { CoveredDay } from '../usage/coverage.ts';
import type { DeploymentBill } from './bill.ts';
import { mostReplicas, paidSpan } from './concurrency.ts';

export function computeSpend(bill: DeploymentBill, days: readonly CoveredDay[]): Spend {
  const total = sumNano(bill.spend);
  const coveredUsd = sum(days.map((day) => day.coveredUsd));
  return {
    total,
    billed: nanoUsd(total + sumNano(bill.notInTime)),
    compute: sumNano(bill.compute),
    coveredUsd,
    coveredComputeUsd: sum(days.map((day) => day.coveredComputeUsd)),
    coveredStorageUsd: sum(days.map((day) => day.coveredStorageUsd)),
    coveredCommitmentUsd: sum(days.map((day) => day.coveredCommitmentUsd)),
    coveredReservedUsd: sum(days.map((day) => day.coveredReservedUsd)),
    uncoveredUsd: subtract(usd(total), coveredUsd),
  };
}

/** The spend outside GPUs, which stays the same wherever the GPUs are rented. */
export function nonGpuSpend({ coveredUsd, coveredComputeUsd, coveredStorageUsd }: Spend) {
  const notGpu = subtract(coveredUsd, coveredComputeUsd);
  return { storageUsd: coveredStorageUsd, otherUsd: subtract(notGpu, coveredStorageUsd) };
}

/** The reason if there are no paid hours in use. */
export const NO_PAID_HOURS: SideLack = { code: 'no-paid-hours-in-use' };

export function computePaidTime(bill: DeploymentBill, days: readonly CoveredDay[]): PaidTime {
  const paidNs = sumWhole(days.map((day) => day.paidNs));
  const coveredNs = sumWhole(days.map((day) => day.coveredNs));
  const span = paidSpan(bill.pieces);
  return {
    paidNs,
    coveredNs,
    ...(paidNs === 0n ? {} : { coverage: exact(coveredNs, paidNs) }),
    mostReplicas: mostReplicas(bill.pieces),
    ...(span === undefined ? {} : { span }),
  };
}
