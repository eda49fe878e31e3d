/** Prints a deployment's options: rounded parts, costs as their sums, savings as differences. */

import { type Exact, subtract, sum } from '../../domain/exact.ts';
import { dayText } from '../../domain/period.ts';
import { atCacheShare } from '../../economics/hosted/hostedCost.ts';
import type { Lack } from '../../economics/lack.ts';
import { type OfferDetail, OPTIONS, type OptionName } from '../../economics/offer.ts';
import { ONE_SIDED } from '../../economics/option/offers.ts';
import {
  BASE_ASSUMPTIONS,
  type OptionCost,
  optionCost,
  type Assumptions,
} from '../../economics/options.ts';
import type { DeploymentEconomics, HybridPlan } from '../../economics/result.ts';
import { withoutReleased } from '../../economics/sharedInPlan.ts';
import type {
  AuditAfterCommitments,
  AuditOption,
  AuditSharedRent,
  AuditOptionDetail,
} from '../auditDeployment.ts';
import type { SimulatedSavings } from '../simulation/types.ts';
import { toWeekHours } from '../weekHours.ts';
import {
  type MicroUsd,
  microUsdText,
  moneyText,
  printSimulated,
  ratioText,
  roundTogether,
  toMicroUsd,
} from './printed.ts';
import type { AuditSentences } from './sentences.ts';

/** An option's printed parts and their sum. */
export interface PrintedOption {
  readonly option: OptionName;
  readonly cost?: PrintedCost;
}

interface PrintedCost {
  readonly infra: MicroUsd;
  readonly gpu: MicroUsd;
  readonly storage: MicroUsd;
  readonly other: MicroUsd;
  readonly labor: MicroUsd;
  readonly hosted: MicroUsd;
  readonly stranded: MicroUsd;
  readonly migration: MicroUsd;
  readonly whole: MicroUsd;
}

/** `covered` is the deployment's printed spend over covered time: the GPU spend of keeping. */
export function printOptions(deployment: DeploymentEconomics, covered: MicroUsd): PrintedOption[] {
  return OPTIONS.filter((option) => deployment.offers[option] !== undefined).map((option) => {
    const cost = optionCost(deployment, option);
    if (cost === undefined) return { option };
    return {
      option,
      cost: printCost(cost, option === 'keep' ? covered : toMicroUsd(cost.infraUsd)),
    };
  });
}

function printCost(cost: OptionCost, infra: MicroUsd): PrintedCost {
  const { gpuUsd, storageUsd, otherUsd } = cost;
  const [gpu = 0n, storage = 0n, other = 0n] = roundTogether([gpuUsd, storageUsd, otherUsd], infra);
  const [labor, hosted] = [toMicroUsd(cost.laborUsd), toMicroUsd(cost.hostedUsd)];
  const [stranded, migration] = [toMicroUsd(cost.strandedUsd), toMicroUsd(cost.migrationUsd)];
  const whole = infra + labor + hosted + stranded + migration;
  return { infra, gpu, storage, other, labor, hosted, stranded, migration, whole };
}

/** Printing order of the options. */
const ORDER: readonly OptionName[] = [
  'keep',
  'delete',
  'hybrid',
  'serverless',
  'move',
  'spot',
  'right-size',
  'bring-back',
];

interface OptionTerms {
  readonly odds: ReadonlyMap<string, SimulatedSavings>;
  readonly sentences: AuditSentences;
}

export function printAuditOptions(
  deployment: DeploymentEconomics,
  printed: readonly PrintedOption[],
  { odds, sentences }: OptionTerms,
): AuditOption[] {
  const keep = printed.find(({ option }) => option === 'keep')?.cost?.whole;
  return ORDER.flatMap((option) => {
    const found = printed.find((each) => each.option === option);
    if (found === undefined) return [];
    // Keeping too: with bill or usage unknown, its cost would be labor alone.
    const cost = deployment.lacks === undefined ? found.cost : undefined;
    const saving = cost === undefined || keep === undefined ? undefined : keep - cost.whole;
    const { probability, low, high } = printSimulated(odds.get(option)?.withLabor, saving);
    return [
      {
        option,
        ...costTexts(cost),
        ...(cost === undefined ? {} : sharedOf(deployment, option)),
        savingUsd: text(saving),
        low,
        high,
        probability,
        afterCommitments: afterOf(deployment, option),
        detail: detailOf(deployment, option, sentences),
      },
    ];
  });
}

/** Shared GPU spend in the option's cost, at the option's rates. */
function sharedOf(deployment: DeploymentEconomics, option: OptionName) {
  const alone = (deployment.shared ?? []).length > 0 ? optionCost(deployment, option) : undefined;
  const without = optionCost(
    withoutReleased(deployment, option, () => true),
    option,
  );
  if (alone === undefined || without === undefined) return {};
  const shared = toMicroUsd(subtract(alone.infraUsd, without.infraUsd));
  return shared === 0n ? {} : { sharedUsd: microUsdText(shared) };
}

export function printSharedRent({ id, shared }: DeploymentEconomics): readonly AuditSharedRent[] {
  return (shared ?? []).map(({ sharers, gpu, storage, other }) => ({
    with: sharers.filter((each) => each !== id),
    usd: microUsdText(toMicroUsd(sum([...gpu, ...storage, ...other]))),
  }));
}

const OVER: Assumptions = { ...BASE_ASSUMPTIONS, contracts: 'over' };

function afterOf(
  deployment: DeploymentEconomics,
  option: OptionName,
): AuditAfterCommitments | null {
  const { contract, lacks } = deployment;
  if (contract === undefined) return null;
  const { untilMs, remainingUsd } = contract;
  const usd = (name: OptionName) =>
    lacks === undefined ? optionCost(deployment, name, OVER)?.usd : undefined;
  const [keep, changed] = [usd('keep'), usd(option)];
  return {
    until: untilMs === undefined ? null : dayText(untilMs - 1),
    remainingUsd: microUsdText(toMicroUsd(remainingUsd)),
    savingUsd: moneyText(keep && changed && subtract(keep, changed)),
  };
}

function costTexts(cost: PrintedCost | undefined) {
  return {
    costUsd: text(cost?.whole),
    infraUsd: text(cost?.infra),
    gpuUsd: text(cost?.gpu),
    storageUsd: text(cost?.storage),
    otherUsd: text(cost?.other),
    laborUsd: text(cost?.labor),
    hostedUsd: text(cost?.hosted),
    strandedUsd: text(cost?.stranded),
    migrationUsd: text(cost?.migration),
  };
}

function text(amount: MicroUsd | undefined): string | null {
  return amount === undefined ? null : microUsdText(amount);
}

function detailOf(
  deployment: DeploymentEconomics,
  option: OptionName,
  { lack, week }: AuditSentences,
): AuditOptionDetail {
  const offer = deployment.offers[option];
  if (offer === undefined) return {};
  const unknown = (why: Lack) => ({ reason: lack(why), reasonDetail: why });
  if ('reason' in offer) return unknown(offer.reason);
  if (deployment.lacks !== undefined) return unknown(ONE_SIDED[deployment.lacks]);
  const printed = printDetail(offer.detail, week);
  if (option !== 'hybrid') return printed;
  const { hybrid, cacheRealization } = deployment;
  const costs = hybrid.plans.map((plan) => [
    String(plan.replicas),
    microUsdText(withoutLabor(plan, cacheRealization.base)),
  ]);
  return { ...printed, costUsdByReplicas: Object.fromEntries(costs) };
}

/** Only the details that the option has. */
function printDetail(
  { weekOff, ...detail }: OfferDetail,
  week: AuditSentences['week'],
): AuditOptionDetail {
  const known = Object.entries<number | string | true | Exact>({ ...detail }).map(
    ([name, value]) => [name, typeof value === 'object' ? ratioText(value) : value],
  );
  return { ...Object.fromEntries(known), ...weekDetail(weekOff, week) } as AuditOptionDetail;
}

function weekDetail(weekOff: OfferDetail['weekOff'], week: AuditSentences['week']) {
  if (weekOff === undefined) return {};
  const text = week(weekOff.hours);
  const words = text === '' ? {} : { weekOff: text, weekOffTimeZone: weekOff.timeZone };
  return { ...words, weekOffDetail: toWeekHours(weekOff) };
}

/** Rounds like the option's own parts, so the chosen number of replicas shows the same cost. */
function withoutLabor({ ownUsd, overflow }: HybridPlan, cacheShare: Exact): MicroUsd {
  return toMicroUsd(ownUsd) + toMicroUsd(atCacheShare(overflow, cacheShare));
}
