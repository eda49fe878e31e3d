/** The fictional fleet of one seed: company, rentals, market and traffic. */

import type { Period } from '../domain/period.ts';
import { TIMELINE, DEMO_WINDOW } from './calendar.ts';
import { COMPANY, DEPLOYMENTS, type FleetDeployment } from './company.ts';
import { type DemoOffer, OFFERS } from './market.ts';
import { type Purchase, PURCHASES } from './purchases.ts';
import { type FleetPod, type FleetVolume, type GpuProvider, PODS, VOLUMES } from './rentals.ts';
import { type PodTraffic, simulateTraffic } from './traffic.ts';

export interface Fleet {
  readonly company: string;
  readonly seed: string;
  readonly window: Period;
  readonly timeline: Period;
  readonly deployments: readonly FleetDeployment[];
  readonly pods: readonly FleetPod[];
  readonly volumes: readonly FleetVolume[];
  readonly offers: readonly DemoOffer[];
  /** Purchases from hosted APIs, beside the self-hosted traffic. */
  readonly purchases: readonly Purchase[];
  /** The traffic of every pod that serves, in the order of `pods`. */
  readonly traffic: readonly PodTraffic[];
}

const DEMO_SEED = 'marlow-finch-2026-Q3';

/** The same seed always gives the same fleet. Takes about a quarter of a second. */
export function buildFleet(seed: string = DEMO_SEED): Fleet {
  return {
    company: COMPANY,
    seed,
    window: DEMO_WINDOW,
    timeline: TIMELINE,
    deployments: DEPLOYMENTS,
    pods: PODS,
    volumes: VOLUMES,
    offers: OFFERS,
    purchases: PURCHASES,
    traffic: simulateTraffic(seed),
  };
}

/** The pods of one provider. */
export function findFleetPods(landlord: GpuProvider, { pods }: Pick<Fleet, 'pods'>): FleetPod[] {
  return pods.filter((pod) => pod.provider === landlord);
}
