/** A deployment as read, with its nearest option and the use of its GPU spend. */

import { compare, type Exact, subtract, sum, divide, isZero, ZERO } from '../../domain/exact.ts';
import type { OptionName } from '../../economics/offer.ts';
import type { AuditDeployment, AuditOption } from '../../verdict/auditDeployment.ts';
import type { AuditStackOption } from '../../verdict/audit.ts';
import { parseAmounts, type Reading } from './storedAmounts.ts';

export interface DeploymentReading extends Reading<AuditDeployment> {
  /** The deployment with its amounts as text. */
  readonly stored: AuditDeployment;
}

export function readDeployment(stored: AuditDeployment): DeploymentReading {
  return { ...parseAmounts(stored), stored };
}

export type OptionReading = Reading<AuditOption>;

/** An option of one deployment, or of the whole stack. */
export type AnyOption = OptionReading | Reading<AuditStackOption>;

export function findOption(
  { options }: DeploymentReading,
  name: OptionName,
): OptionReading | undefined {
  return options.find(({ option }) => option === name);
}

/**
 * The verdict's option: the advised one, or else the cheapest alternative. `undefined` if no
 * alternative has a price. Its row has the deployment's own saving. Audits of older versions lack
 * that saving: there it is the option with the largest saving, spot excluded.
 */
export function nearestOption(deployment: DeploymentReading): PricedOption | undefined {
  const { base } = deployment.savingUsd;
  const isOlder = deployment.withoutLabor === null;
  const own = deployment.options.filter(isPriced).filter(({ option, savingUsd }) => {
    const isOther = option !== 'keep' && option !== 'spot';
    return isOther && (isOlder || (base !== undefined && compare(savingUsd, base) === 0));
  });
  return own.toSorted((a, b) => compare(b.savingUsd, a.savingUsd))[0];
}

type PricedOption = OptionReading & { readonly savingUsd: Exact };

function isPriced(option: OptionReading): option is PricedOption {
  return option.savingUsd !== undefined;
}

/** Use of the GPU spend, over all deployments with known capacity. */
export interface GpuSpendUse {
  readonly gpuSpend: Exact;
  /** Cost of the same tokens at full capacity. */
  readonly fullCapacityCost: Exact;
  readonly underfilled?: Exact;
  readonly idle?: Exact;
  /** Worked dollars over GPU spend. Dollars are summed, then divided. */
  readonly share: Exact;
  /** Of a single deployment its own utilization, of several the share. */
  readonly utilization: Exact;
}

/**
 * Worked number: of $6.00 GPU spend, $2.166666 would have sufficed at full capacity, which is
 * 0.361111.
 */
export function computeGpuSpendUse(
  deployments: readonly DeploymentReading[],
): GpuSpendUse | undefined {
  const measured = deployments.filter(({ fullCapacityUsd }) => fullCapacityUsd !== undefined);
  const worked = sum(measured.map(({ fullCapacityUsd = ZERO }) => fullCapacityUsd));
  const rent = sum(measured.map(coveredSpend));
  if (isZero(rent)) return undefined;
  const share = divide(worked, rent);
  const own = deployments.length === 1 ? deployments[0]?.utilization : undefined;
  const use = { gpuSpend: rent, fullCapacityCost: worked, share, utilization: own ?? share };
  const underfilled = measured.flatMap(({ underfilledUsd }) => underfilledUsd ?? []);
  const idle = measured.flatMap(({ idleUsd }) => idleUsd ?? []);
  const isSplit = Math.min(underfilled.length, idle.length) === measured.length;
  return isSplit ? { ...use, underfilled: sum(underfilled), idle: sum(idle) } : use;
}

/** GPU spend over time with known usage. The waterfall's three parts sum to it. */
export function coveredSpend({ spendUsd, uncoveredUsd }: DeploymentReading): Exact {
  return subtract(spendUsd, uncoveredUsd);
}
