/** The GPUs that Marlow & Finch rents: where, from when to when, and at what hourly rates. */

import { DAY_MS, dayStartMs, HOUR_MS, type Period } from '../domain/period.ts';
import { TIMELINE } from './calendar.ts';

/**
 * Whole millionths of a dollar: an hourly amount with up to six decimals, as the bill prints it.
 */
export type MicroUsd = number;

/** The GPU clouds that the company rents from, by their id in the demo's config. */
export const LANDLORDS = [
  'runpod-main',
  'vast',
  'lambda',
  'crusoe',
  'coreweave',
  'together',
  'digitalocean',
  'hyperstack',
  'nebius',
] as const;
export type Landlord = (typeof LANDLORDS)[number];

/** A machine by whatever word its provider has for it: pod, instance, VM, node, endpoint. */
export interface FleetPod {
  readonly id: string;
  readonly name: string;
  readonly landlord: Landlord;
  /** Absent for a pod that belongs to nobody's deployment. */
  readonly deployment?: string;
  /** As its provider spells the GPU, the machine's type or the SKU. */
  readonly gpuId: string;
  readonly gpuCount: number;
  /** RunPod's two clouds. */
  readonly cloud?: 'SECURE' | 'COMMUNITY';
  /** Rented from and until a whole hour, so that no hour is billed in part. */
  readonly fromMs: number;
  readonly toMs?: number;
  readonly gpuMicroUsdPerHour: MicroUsd;
  readonly diskMicroUsdPerHour: MicroUsd;
  /** Scrape target; absent where nothing is scraped. */
  readonly instance?: string;
  readonly image: string;
}

export interface FleetVolume {
  readonly id: string;
  readonly name: string;
  readonly deployment: string;
  readonly sizeGb: number;
  readonly fromMs: number;
  readonly microUsdPerHour: MicroUsd;
}

/** When the host of one code-review pod was given back and another one taken. */
const REPLACED_AT_MS = Date.UTC(2026, 7, 19, 9);

/** The notebook that somebody started in the second week and forgot. */
const NOTEBOOK_FROM_MS = Date.UTC(2026, 6, 9, 9);

/** An evaluation that nobody wrote down: four days and a morning in September. */
const EVALUATION = { fromMs: Date.UTC(2026, 8, 7, 8), toMs: Date.UTC(2026, 8, 11, 12) } as const;

const VLLM = 'vllm/vllm-openai:v0.19.0';
const SINCE = TIMELINE.startMs;

const H100_SXM = {
  landlord: 'runpod-main',
  gpuId: 'NVIDIA H100 80GB HBM3',
  gpuCount: 1,
  cloud: 'COMMUNITY',
  gpuMicroUsdPerHour: 2_690_000,
  diskMicroUsdPerHour: 11_000,
  fromMs: SINCE,
  image: VLLM,
} as const;

const TWO_H100_SXM = {
  ...H100_SXM,
  gpuCount: 2,
  gpuMicroUsdPerHour: 5_380_000,
  diskMicroUsdPerHour: 16_438,
} as const;

/** Two GPUs of a reserved node at $2.70 each. */
const COREWEAVE_SLICE = {
  landlord: 'coreweave',
  gpuId: 'gd-8xh100ib-i128',
  gpuCount: 2,
  gpuMicroUsdPerHour: 5_400_000,
  diskMicroUsdPerHour: 0,
  fromMs: SINCE,
  image: VLLM,
} as const;

/** Its disk is in the price of the VM. */
const HYPERSTACK_A100 = {
  landlord: 'hyperstack',
  gpuId: 'n3-A100x1',
  gpuCount: 1,
  gpuMicroUsdPerHour: 1_648_219,
  diskMicroUsdPerHour: 0,
  fromMs: SINCE,
  image: VLLM,
} as const;

/** Prices are whole cents, and a local disk is in them. */
const LAMBDA_A100 = {
  landlord: 'lambda',
  gpuId: 'gpu_1x_a100_80gb_pcie',
  gpuCount: 1,
  gpuMicroUsdPerHour: 1_790_000,
  diskMicroUsdPerHour: 0,
  fromMs: SINCE,
  image: VLLM,
} as const;

/** An hour is a whole number of tenths of a cent, to which each day's charge is rounded. */
const VAST_H100 = {
  ...H100_SXM,
  landlord: 'vast',
  gpuId: 'H100 SXM',
  gpuMicroUsdPerHour: 2_643_000,
  diskMicroUsdPerHour: 14_000,
} as const;

const CRUSOE_H100 = {
  ...H100_SXM,
  landlord: 'crusoe',
  gpuId: 'h100-80gb-sxm-ib.1x',
  gpuMicroUsdPerHour: 2_730_000,
  diskMicroUsdPerHour: 9_604,
} as const;

/** An hour is a whole number of cents, and a local disk is in it. */
const DIGITALOCEAN_H100 = {
  landlord: 'digitalocean',
  gpuId: 'gpu-h100x1-80gb',
  gpuCount: 1,
  gpuMicroUsdPerHour: 2_700_000,
  diskMicroUsdPerHour: 0,
  fromMs: SINCE,
  image: VLLM,
} as const;

const NEBIUS_H100 = {
  ...H100_SXM,
  landlord: 'nebius',
  gpuId: 'gpu-h100-sxm',
  gpuMicroUsdPerHour: 2_651_250,
  diskMicroUsdPerHour: 10_137,
} as const;

type Machine = Omit<FleetPod, 'id' | 'name' | 'deployment' | 'instance'>;

/**
 * Machines that serve: id, name, scrape target, terms. The deployment is the name without its last
 * part.
 */
const SERVING: readonly (readonly [string, string, string, Machine])[] = [
  ['k3v9t2m7qa', 'support-chat-1', '10.20.1.11:8000', TWO_H100_SXM],
  ['cks-7d1f', 'support-chat-2', '10.20.1.12:8000', COREWEAVE_SLICE],
  ['84291', 'doc-summaries-1', '10.20.2.21:8000', HYPERSTACK_A100],
  ['0920582c7ff0', 'doc-summaries-2', '10.20.2.22:8000', LAMBDA_A100],
  ['448543583', 'code-review-1', '10.20.3.31:8000', DIGITALOCEAN_H100],
  ['48213307', 'code-review-2', '10.20.3.32:8000', VAST_H100],
  ['m6p3z8r5tv', 'code-review-3', '10.20.3.33:8000', { ...H100_SXM, toMs: REPLACED_AT_MS }],
  ['b7c1e0a4', 'code-review-4', '10.20.3.34:8000', CRUSOE_H100],
  ['u2f6h8q3xw', 'code-review-3b', '10.20.3.37:8000', { ...H100_SXM, fromMs: REPLACED_AT_MS }],
  ['computeinstance-e00t4', 'claims-triage-1', '10.20.4.41:8000', NEBIUS_H100],
];

/** Rented, and for no deployment. */
const STRAYS: readonly FleetPod[] = [
  {
    id: 'z3r6p9d1gn',
    name: "anna's notebook <tmp> & tests",
    landlord: 'runpod-main',
    gpuId: 'NVIDIA GeForce RTX 4090',
    gpuCount: 1,
    cloud: 'SECURE',
    fromMs: NOTEBOOK_FROM_MS,
    gpuMicroUsdPerHour: 440_000,
    diskMicroUsdPerHour: 6_849,
    image: 'runpod/pytorch:1.0.2-cu1281-torch280-ubuntu2404',
  },
  {
    id: 'endpoint-9a7c1f52',
    name: 'evaluation-of-qwen',
    landlord: 'together',
    gpuId: '1x_nvidia_h100_80gb_sxm',
    gpuCount: 1,
    ...EVALUATION,
    gpuMicroUsdPerHour: 3_360_000,
    diskMicroUsdPerHour: 0,
    image: VLLM,
  },
];

export const PODS: readonly FleetPod[] = [
  ...SERVING.map(([id, name, instance, machine]) => ({
    ...machine,
    id,
    name,
    instance,
    deployment: name.replace(/-\w+$/, ''),
  })),
  ...STRAYS,
];

export const VOLUMES: readonly FleetVolume[] = [
  {
    id: 'v5m2q8x7',
    name: 'doc-summaries-weights',
    deployment: 'doc-summaries',
    sizeGb: 500,
    fromMs: SINCE,
    microUsdPerHour: 47_945,
  },
];

/** Whole hours of a rent that lie inside `[fromMs, toMs)`. */
export function rentedHours(
  rent: { readonly fromMs: number; readonly toMs?: number },
  fromMs: number,
  toMs: number,
): number {
  const end = Math.min(rent.toMs ?? Number.POSITIVE_INFINITY, toMs);
  return Math.max(0, Math.floor((end - Math.max(rent.fromMs, fromMs)) / HOUR_MS));
}

export interface RentedDay {
  readonly startMs: number;
  /** Whole hours, from 1 to 24. */
  readonly hours: number;
}

/** The UTC days of a span on which something was rented, and for how long. */
export function rentedDays(
  rent: { readonly fromMs: number; readonly toMs?: number },
  span: Period,
): RentedDay[] {
  const days: RentedDay[] = [];
  const first = dayStartMs(Math.max(span.startMs, rent.fromMs));
  for (let startMs = first; startMs < span.endMs; startMs += DAY_MS) {
    const from = Math.max(startMs, span.startMs);
    const hours = rentedHours(rent, from, Math.min(startMs + DAY_MS, span.endMs));
    if (hours > 0) days.push({ startMs, hours });
  }
  return days;
}
