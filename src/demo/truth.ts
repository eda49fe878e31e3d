/**
 * The planted truth: the real cost and traffic of the fleet, and what each provider would have
 * charged. It is computed directly from rentals, traffic and market, without the code of the audit.
 */

import { scaledDecimal } from '../domain/exact.ts';
import { DAY_MS, HOUR_MS, type Period, SECOND_MS } from '../domain/period.ts';
import { dayStartsIn, DEMO_QUARTER, STEP_MS } from './calendar.ts';
import { ASSUMPTIONS, type FleetDeployment } from './company.ts';
import type { Fleet } from './fleet.ts';
import { type HostedTruth, computeHostedTruth } from './hostedTruth.ts';
import { ARCHIVE, computeArchiveNano } from './invoices.ts';
import { sumMicroUsd, sumPurchasedTokens } from './purchases.ts';
import { type FleetPod, type FleetVolume, computeRentedHours } from './rentals.ts';
import {
  countIntervals,
  type PodTraffic,
  type ServedTraffic,
  sumBenchmarkTraffic,
  sumUserTraffic,
} from './traffic.ts';

export interface DayTruth extends ServedTraffic {
  /** `2026-07-01`, UTC. */
  readonly day: string;
  readonly spendNanoUsd: bigint;
}

export interface DeploymentTruth extends ServedTraffic {
  readonly id: string;
  readonly model: string;
  readonly planted: FleetDeployment['planted'];
  /** Everything billed: GPUs, disks, volumes, and an invoice in euros. */
  readonly spendNanoUsd: bigint;
  readonly gpuNanoUsd: bigint;
  readonly diskNanoUsd: bigint;
  readonly volumeNanoUsd: bigint;
  readonly invoicedNanoUsd: bigint;
  /** Traffic of a benchmark, which is in no price and no verdict. */
  readonly benchmark: ServedTraffic;
  readonly busySeconds: number;
  /** Seconds for which a replica was billed. */
  readonly paidReplicaSeconds: number;
  /** Billed seconds between two scrapes of the same process: all except a crash interval. */
  readonly seenReplicaSeconds: number;
  readonly days: readonly DayTruth[];
  /** Every provider of the market, including those that the audit must not choose. */
  readonly hosted: readonly HostedTruth[];
}

/** The total charges of one source. */
export interface SourceTruth {
  readonly source: string;
  readonly spendNanoUsd: bigint;
}

/** The purchases of one model from a hosted API, which are not part of the fleet's spend. */
export interface BoughtTruth {
  readonly source: string;
  readonly model: string;
  /** The deployment whose traffic it is; null if none. */
  readonly deployment: string | null;
  readonly tokens: number;
  readonly spendNanoUsd: bigint;
}

export interface PlantedTruth {
  readonly company: string;
  readonly seed: string;
  readonly quarter: string;
  readonly window: Period;
  readonly assumptions: typeof ASSUMPTIONS;
  readonly spendNanoUsd: bigint;
  readonly unattributedNanoUsd: bigint;
  /** By source, highest spend first. */
  readonly sources: readonly SourceTruth[];
  readonly hostedSpendNanoUsd: bigint;
  /** Highest spend first. */
  readonly bought: readonly BoughtTruth[];
  readonly served: ServedTraffic;
  readonly deployments: readonly DeploymentTruth[];
}

export function computePlantedTruth(fleet: Fleet): PlantedTruth {
  const deployments = fleet.deployments.map((deployment) => deploymentTruth(fleet, deployment));
  const bought = boughtTruths(fleet);
  const unattributed = sum(
    fleet.pods
      .filter((pod) => pod.deployment === undefined)
      .map((pod) => podNano(pod, fleet.window)),
  );
  return {
    company: fleet.company,
    seed: fleet.seed,
    quarter: DEMO_QUARTER,
    window: fleet.window,
    assumptions: ASSUMPTIONS,
    spendNanoUsd: sum(deployments.map((each) => each.spendNanoUsd)) + unattributed,
    unattributedNanoUsd: unattributed,
    sources: sourceTruths(fleet),
    hostedSpendNanoUsd: sum(bought.map(({ spendNanoUsd }) => spendNanoUsd)),
    bought,
    served: sumUserTraffic(fleet.traffic, fleet.window),
    deployments,
  };
}

function boughtTruths({ purchases, window }: Fleet): BoughtTruth[] {
  const inside = purchases.filter(({ dayMs }) => dayMs >= window.startMs && dayMs < window.endMs);
  const byModel = Map.groupBy(inside, ({ source, model }) => `${source} ${model}`);
  const all = [...byModel.values()].flatMap(([first, ...others]): BoughtTruth[] => {
    if (first === undefined) return [];
    const days = [first, ...others];
    const { source, model, deployment = null } = first;
    const tokens = days.reduce((total, day) => total + sumPurchasedTokens(day), 0);
    const spendNanoUsd = sum(days.map((day) => BigInt(sumMicroUsd(day)) * 1_000n));
    return [{ source, model, deployment, tokens, spendNanoUsd }];
  });
  return all.toSorted((a, b) => (a.spendNanoUsd < b.spendNanoUsd ? 1 : -1));
}

/** Volumes belong to RunPod. */
function sourceTruths({ pods, volumes, window }: Fleet): SourceTruth[] {
  const spend = new Map<string, bigint>();
  const add = (source: string, amount: bigint) =>
    spend.set(source, (spend.get(source) ?? 0n) + amount);
  for (const pod of pods) add(pod.provider, podNano(pod, window));
  for (const each of volumes) add('runpod-main', nano(each.microUsdPerHour, hours(each, window)));
  add('import', sum(dayStartsIn(window).map(computeArchiveNano)));
  const all = [...spend].map(([source, spendNanoUsd]) => ({ source, spendNanoUsd }));
  return all.toSorted((a, b) => (a.spendNanoUsd < b.spendNanoUsd ? 1 : -1));
}

/** The truth as JSON, with amounts as exact decimal dollars. */
export function renderTruthJson(truth: PlantedTruth): string {
  const plain = (key: string, value: unknown) =>
    typeof value === 'bigint' && key.endsWith('NanoUsd') ? scaledDecimal(value, 9) : value;
  return `${JSON.stringify(truth, plain, 2).replaceAll('NanoUsd":', 'Usd":')}\n`;
}

function deploymentTruth(fleet: Fleet, deployment: FleetDeployment): DeploymentTruth {
  const { window } = fleet;
  const pods = fleet.pods.filter((pod) => pod.deployment === deployment.id);
  const volumes = fleet.volumes.filter((volume) => volume.deployment === deployment.id);
  const traffic = fleet.traffic.filter((pod) => pod.deployment === deployment.id);
  const gpuNanoUsd = sum(pods.map((pod) => nano(pod.gpuMicroUsdPerHour, hours(pod, window))));
  const diskNanoUsd = sum(pods.map((pod) => nano(pod.diskMicroUsdPerHour, hours(pod, window))));
  const volumeNanoUsd = sum(volumes.map((each) => nano(each.microUsdPerHour, hours(each, window))));
  const invoicedNanoUsd = invoicedNano(deployment.id, window);
  const paidSeconds = pods.reduce(
    (all, pod) => all + hours(pod, window) * (HOUR_MS / SECOND_MS),
    0,
  );
  return {
    id: deployment.id,
    model: deployment.model,
    planted: deployment.planted,
    spendNanoUsd: gpuNanoUsd + diskNanoUsd + volumeNanoUsd + invoicedNanoUsd,
    gpuNanoUsd,
    diskNanoUsd,
    volumeNanoUsd,
    invoicedNanoUsd,
    ...sumUserTraffic(traffic, window),
    benchmark: sumBenchmarkTraffic(traffic, window),
    busySeconds: countIntervals(traffic, window, isBusy) * (STEP_MS / SECOND_MS),
    paidReplicaSeconds: paidSeconds,
    seenReplicaSeconds:
      paidSeconds - countIntervals(traffic, window, isCrash) * (STEP_MS / SECOND_MS),
    days: dayStartsIn(window).map((dayMs) =>
      dayTruth(deployment.id, dayMs, { pods, volumes, traffic }),
    ),
    hosted: computeHostedTruth(fleet, deployment, traffic),
  };
}

interface Parts {
  readonly pods: readonly FleetPod[];
  readonly volumes: readonly FleetVolume[];
  readonly traffic: readonly PodTraffic[];
}

function dayTruth(id: string, startMs: number, { pods, volumes, traffic }: Parts): DayTruth {
  const day = { startMs, endMs: startMs + DAY_MS };
  const rentals = pods.map((pod) => podNano(pod, day));
  const storage = volumes.map((volume) => nano(volume.microUsdPerHour, hours(volume, day)));
  return {
    day: new Date(day.startMs).toISOString().slice(0, 10),
    spendNanoUsd: sum([...rentals, ...storage, invoicedNano(id, day)]),
    ...sumUserTraffic(traffic, day),
  };
}

function invoicedNano(deployment: string, span: Period): bigint {
  return deployment === ARCHIVE.deployment ? sum(dayStartsIn(span).map(computeArchiveNano)) : 0n;
}

function isBusy(pod: PodTraffic, index: number): boolean {
  return (pod.promptTokens[index] ?? 0) > 0;
}

function isCrash(pod: PodTraffic, index: number): boolean {
  return pod.crashes.has(index);
}

function podNano(pod: FleetPod, span: Period): bigint {
  return nano(pod.gpuMicroUsdPerHour + pod.diskMicroUsdPerHour, hours(pod, span));
}

function hours(rental: { readonly fromMs: number; readonly toMs?: number }, span: Period): number {
  return computeRentedHours(rental, span.startMs, span.endMs);
}

function nano(microUsdPerHour: number, rented: number): bigint {
  return BigInt(microUsdPerHour) * BigInt(rented) * 1_000n;
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}
