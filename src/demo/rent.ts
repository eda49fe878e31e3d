/** Knows the machines that Marlow & Finch rents: pods and volumes, with dates and hourly rates. */

import { HOUR_MS } from '../domain/period.ts';
import { TIMELINE } from './calendar.ts';

/**
 * Whole millionths of a dollar: an hourly amount with up to six decimals, as the bill prints it.
 */
export type MicroUsd = number;

export interface FleetPod {
  readonly id: string;
  readonly name: string;
  /** Absent for a pod that belongs to nobody's deployment. */
  readonly deployment?: string;
  readonly gpuId: string;
  readonly gpuCount: number;
  readonly cloud: 'SECURE' | 'COMMUNITY';
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

const VLLM = 'vllm/vllm-openai:v0.19.0';
const SINCE = TIMELINE.startMs;

const H100_SXM = {
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

const A100_PCIE = {
  gpuId: 'NVIDIA A100 80GB PCIe',
  gpuCount: 1,
  cloud: 'SECURE',
  gpuMicroUsdPerHour: 1_640_000,
  diskMicroUsdPerHour: 8_219,
  fromMs: SINCE,
  image: VLLM,
} as const;

type Machine = Omit<FleetPod, 'id' | 'name' | 'deployment' | 'instance'>;

/**
 * Pods that serve: id, name, scrape target, machine. The deployment is the name without its last
 * part.
 */
const SERVING: readonly (readonly [string, string, string, Machine])[] = [
  ['k3v9t2m7qa', 'support-chat-1', '10.20.1.11:8000', TWO_H100_SXM],
  ['w8n4c6x1pb', 'support-chat-2', '10.20.1.12:8000', TWO_H100_SXM],
  ['d5h2r8z4ke', 'doc-summaries-1', '10.20.2.21:8000', A100_PCIE],
  ['y7b3m9f6sj', 'doc-summaries-2', '10.20.2.22:8000', A100_PCIE],
  ['q1x8v5t3ng', 'code-review-1', '10.20.3.31:8000', H100_SXM],
  ['a9c7k2w4hd', 'code-review-2', '10.20.3.32:8000', H100_SXM],
  ['m6p3z8r5tv', 'code-review-3', '10.20.3.33:8000', { ...H100_SXM, toMs: REPLACED_AT_MS }],
  ['j4s9n1b7cy', 'code-review-4', '10.20.3.34:8000', H100_SXM],
  ['u2f6h8q3xw', 'code-review-3b', '10.20.3.37:8000', { ...H100_SXM, fromMs: REPLACED_AT_MS }],
  ['e8t5k7v2ma', 'claims-triage-1', '10.20.4.41:8000', H100_SXM],
];

const NOTEBOOK: FleetPod = {
  id: 'z3r6p9d1gn',
  name: "anna's notebook <tmp> & tests",
  gpuId: 'NVIDIA GeForce RTX 4090',
  gpuCount: 1,
  cloud: 'SECURE',
  fromMs: NOTEBOOK_FROM_MS,
  gpuMicroUsdPerHour: 440_000,
  diskMicroUsdPerHour: 6_849,
  image: 'runpod/pytorch:1.0.2-cu1281-torch280-ubuntu2404',
};

export const PODS: readonly FleetPod[] = [
  ...SERVING.map(([id, name, instance, machine]) => ({
    ...machine,
    id,
    name,
    instance,
    deployment: name.replace(/-\w+$/, ''),
  })),
  NOTEBOOK,
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
