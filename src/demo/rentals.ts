/** The GPUs that Marlow & Finch rents: providers, dates and hourly rates. */

import { DAY_MS, dayStartMs, HOUR_MS, type Period } from '../domain/period.ts';
import { TIMELINE } from './calendar.ts';

/** Whole millionths of a dollar, which represent the six decimals of a bill exactly. */
export type MicroDollars = number;

/** The GPU clouds that the company rents from, by their IDs in the demo's config. */
export const GPU_PROVIDERS = [
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
export type GpuProvider = (typeof GPU_PROVIDERS)[number];

/** A rented resource: a pod, instance, VM, node or endpoint, depending on the provider. */
export interface FleetPod {
  readonly id: string;
  readonly name: string;
  readonly provider: GpuProvider;
  /** Absent for a pod that belongs to no deployment. */
  readonly deployment?: string;
  /** The provider's name of the GPU, the instance type or the SKU. */
  readonly gpuId: string;
  readonly gpuCount: number;
  /** One of the two clouds of RunPod. */
  readonly cloud?: 'SECURE' | 'COMMUNITY';
  /** Rentals start and end on whole hours, so no hour is billed in part. */
  readonly fromMs: number;
  readonly toMs?: number;
  readonly gpuMicroUsdPerHour: MicroDollars;
  readonly diskMicroUsdPerHour: MicroDollars;
  /** The scrape target; absent if the pod is not scraped. */
  readonly instance?: string;
  readonly image: string;
}

export interface FleetVolume {
  readonly id: string;
  readonly name: string;
  readonly deployment: string;
  readonly sizeGb: number;
  readonly fromMs: number;
  readonly microUsdPerHour: MicroDollars;
}

/** When one code-review pod was returned and replaced. */
const REPLACED_AT_MS = Date.UTC(2026, 7, 19, 9);

/** A notebook that was started in the second week and forgotten. */
const NOTEBOOK_FROM_MS = Date.UTC(2026, 6, 9, 9);

/** An undocumented evaluation: four days and four hours in September. */
const EVALUATION = { fromMs: Date.UTC(2026, 8, 7, 8), toMs: Date.UTC(2026, 8, 11, 12) } as const;

const VLLM = 'vllm/vllm-openai:v0.19.0';
const SINCE = TIMELINE.startMs;

const H100_SXM = {
  provider: 'runpod-main',
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
  provider: 'coreweave',
  gpuId: 'gd-8xh100ib-i128',
  gpuCount: 2,
  gpuMicroUsdPerHour: 5_400_000,
  diskMicroUsdPerHour: 0,
  fromMs: SINCE,
  image: VLLM,
} as const;

/** The price of the VM includes the disk. */
const HYPERSTACK_A100 = {
  provider: 'hyperstack',
  gpuId: 'n3-A100x1',
  gpuCount: 1,
  gpuMicroUsdPerHour: 1_648_219,
  diskMicroUsdPerHour: 0,
  fromMs: SINCE,
  image: VLLM,
} as const;

/** Prices are in whole cents and include a local disk. */
const LAMBDA_A100 = {
  provider: 'lambda',
  gpuId: 'gpu_1x_a100_80gb_pcie',
  gpuCount: 1,
  gpuMicroUsdPerHour: 1_790_000,
  diskMicroUsdPerHour: 0,
  fromMs: SINCE,
  image: VLLM,
} as const;

/** Daily charges are rounded to tenths of a cent, so the hourly rate is a multiple of that. */
const VAST_H100 = {
  ...H100_SXM,
  provider: 'vast',
  gpuId: 'H100 SXM',
  gpuMicroUsdPerHour: 2_643_000,
  diskMicroUsdPerHour: 14_000,
} as const;

const CRUSOE_H100 = {
  ...H100_SXM,
  provider: 'crusoe',
  gpuId: 'h100-80gb-sxm-ib.1x',
  gpuMicroUsdPerHour: 2_730_000,
  diskMicroUsdPerHour: 9_604,
} as const;

/** The hourly price is in whole cents and includes a local disk. */
const DIGITALOCEAN_H100 = {
  provider: 'digitalocean',
  gpuId: 'gpu-h100x1-80gb',
  gpuCount: 1,
  gpuMicroUsdPerHour: 2_700_000,
  diskMicroUsdPerHour: 0,
  fromMs: SINCE,
  image: VLLM,
} as const;

const NEBIUS_H100 = {
  ...H100_SXM,
  provider: 'nebius',
  gpuId: 'gpu-h100-sxm',
  gpuMicroUsdPerHour: 2_651_250,
  diskMicroUsdPerHour: 10_137,
} as const;

type RentalTerms = Omit<FleetPod, 'id' | 'name' | 'deployment' | 'instance'>;

/**
 * Pods that serve: ID, name, scrape target and terms. The deployment is the name without its last
 * part.
 */
const SERVING: readonly (readonly [string, string, string, RentalTerms])[] = [
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

/** Rented pods that belong to no deployment. */
const UNASSIGNED: readonly FleetPod[] = [
  {
    id: 'z3r6p9d1gn',
    name: "anna's notebook <tmp> & tests",
    provider: 'runpod-main',
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
    provider: 'together',
    gpuId: '1x_nvidia_h100_80gb_sxm',
    gpuCount: 1,
    ...EVALUATION,
    gpuMicroUsdPerHour: 3_360_000,
    diskMicroUsdPerHour: 0,
    image: VLLM,
  },
];

export const PODS: readonly FleetPod[] = [
  ...SERVING.map(([id, name, instance, terms]) => ({
    ...terms,
    id,
    name,
    instance,
    deployment: name.replace(/-\w+$/, ''),
  })),
  ...UNASSIGNED,
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

/** The whole hours of a rental inside `[fromMs, toMs)`. */
export function computeRentedHours(
  rental: { readonly fromMs: number; readonly toMs?: number },
  fromMs: number,
  toMs: number,
): number {
  const end = Math.min(rental.toMs ?? Number.POSITIVE_INFINITY, toMs);
  return Math.max(0, Math.floor((end - Math.max(rental.fromMs, fromMs)) / HOUR_MS));
}

export interface RentedDay {
  readonly startMs: number;
  /** Whole hours, from 1 to 24. */
  readonly hours: number;
}

/** The UTC days of a span with at least one rented hour, and the hours of each. */
export function computeRentedDays(
  rental: { readonly fromMs: number; readonly toMs?: number },
  span: Period,
): RentedDay[] {
  const days: RentedDay[] = [];
  const first = dayStartMs(Math.max(span.startMs, rental.fromMs));
  for (let startMs = first; startMs < span.endMs; startMs += DAY_MS) {
    const from = Math.max(startMs, span.startMs);
    const hours = computeRentedHours(rental, from, Math.min(startMs + DAY_MS, span.endMs));
    if (hours > 0) days.push({ startMs, hours });
  }
  return days;
}
