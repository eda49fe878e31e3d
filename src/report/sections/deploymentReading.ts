/** Reads a deployment of an audit: its amounts as exact numbers, and its nearest option. */

import { compare, type Exact, subtract, sum, divide, isZero, ZERO } from '../../domain/exact.ts';
import type { OptionName } from '../../economics/offer.ts';
import type { AuditInputBreakEven } from '../../verdict/auditDecision.ts';
import type { AuditDeployment, AuditOption } from '../../verdict/auditDeployment.ts';
import type { SavingText } from '../../verdict/auditWord.ts';
import { knownAmount } from '../format.ts';

/** Fields that hold an amount, or only text. */
type TextField<Stored> = {
  [Field in keyof Stored]-?: Stored[Field] extends string | null | undefined ? Field : never;
}[keyof Stored];

/** A record of the audit with these fields as exact numbers. Unknown ones are undefined. */
type WithAmounts<Stored, Field extends keyof Stored> = Omit<Stored, Field> & {
  readonly [Each in Field]: Stored[Each] extends string ? Exact : Exact | undefined;
};

/** Parses the amounts of a stored record, each once: sections calculate with them and print. */
export function readAmounts<Stored extends object, Field extends TextField<Stored>>(
  stored: Stored,
  fields: readonly Field[],
): WithAmounts<Stored, Field> {
  const amounts: Partial<Record<Field, Exact | undefined>> = {};
  for (const field of fields) {
    amounts[field] = knownAmount(stored[field] as string | null | undefined);
  }
  return { ...stored, ...amounts } as WithAmounts<Stored, Field>;
}

export function readSaving(saving: SavingText) {
  return readAmounts(saving, ['base', 'low', 'high']);
}

export type BreakEvenReading = ReturnType<typeof readBreakEven>;

export function readBreakEven(flip: AuditInputBreakEven) {
  return readAmounts(flip, ['today', 'flipsAt', 'change']);
}

export type OptionReading = ReturnType<typeof readOption>;

/** Parts of an option's cost, in printing order. */
export const OPTION_PARTS = [
  'gpuUsd',
  'storageUsd',
  'otherUsd',
  'hostedUsd',
  'laborUsd',
  'strandedUsd',
  'migrationUsd',
] as const;

/** Figures of an option: of one deployment, or of the whole stack. */
export const OPTION_AMOUNTS = [
  ...OPTION_PARTS,
  'costUsd',
  'savingUsd',
  'low',
  'high',
  'probability',
] as const;

function readOption(option: AuditOption) {
  return {
    ...readAmounts(option, OPTION_AMOUNTS),
    detail: readAmounts(option.detail, [
      'workerHours',
      'extraReplicaHours',
      'replicaHours',
      'breakEvenShare',
      'workerShare',
      'usdPerGpuHour',
      'ownUsdPerGpuHour',
    ]),
  };
}

export type DeploymentReading = ReturnType<typeof readDeployment>;

export function readDeployment(stored: AuditDeployment) {
  const { withoutLabor, decision, hosted, alreadyHosted, breakEven, waiver } = stored;
  const { gpu, capacityReference, gateway, escalation } = stored;
  const held = decision?.heldBack ?? null;
  return {
    ...readAmounts(stored, [
      'spendUsd',
      'uncoveredUsd',
      'fullCapacityUsd',
      'underfilledUsd',
      'idleUsd',
      'effectiveUsdPerMtok',
      'coverage',
      'utilization',
      'busyFraction',
      'paidReplicaHours',
      'probability',
    ]),
    /** As `report.json` and the tables have it. */
    stored,
    savingUsd: readSaving(stored.savingUsd),
    withoutLabor: withoutLabor && readAmounts(withoutLabor, ['savingUsd', 'probability']),
    decision: decision && { ...decision, heldBack: held && readAmounts(held, ['savingUsd']) },
    hosted: hosted && readAmounts(hosted, ['costUsd', 'usdPerMtok', 'medianUsd']),
    alreadyHosted: alreadyHosted && readAmounts(alreadyHosted, ['usd']),
    options: stored.options.map(readOption),
    breakEven: readAmounts(breakEven, ['utilization']),
    waiver: waiver && readAmounts(waiver, ['worthUsdPerQuarter']),
    flips: stored.flips.map(readBreakEven),
    gpu: gpu && readAmounts(gpu, ['workedFraction', 'gpuUtil', 'tensorActive', 'dramActive']),
    capacityReference: capacityReference && readAmounts(capacityReference, ['ours']),
    gateway: gateway && readAmounts(gateway, ['comparedHours', 'difference']),
    escalation: escalation && readAmounts(escalation, ['share']),
  };
}

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

export type PricedOption = OptionReading & { readonly savingUsd: Exact };

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
