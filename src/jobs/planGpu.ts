/** One GPU type in a plan: its capacity and its break-even points. */

import { type Exact, toDecimal } from '../domain/exact.ts';
import type { PlannedGpuResult } from '../economics/ahead/answer.ts';
import type { BreakEvenLoad } from '../economics/ahead/podsPay.ts';

export interface PlanGpu {
  readonly gpu: string;
  readonly count: number;
  readonly capacityTokPerSec: string | null;
  /**
   * The deployment whose config states the capacity; null if it was given by hand or is unknown.
   */
  readonly capacityOf: string | null;
  /** The capacity with which one replica would serve the peak hour. */
  readonly capacityForOneTokPerSec: string;
  readonly podUsd: string | null;
  readonly fullUsdPerMtok: string | null;
  /** Price of the cheapest option on this GPU. */
  readonly bestUsdPerMtok: string | null;
  /** Break-even load of pods; null if unknown. */
  readonly podsPay: { readonly alone: PlanPods; readonly withPeople: PlanPods | null } | null;
  readonly serverless: { readonly breakEvenShare: string; readonly workerShare: string } | null;
  /** Of at most `most` pods at once, `pods` are worth reserving. */
  readonly reserved: {
    readonly breakEvenShare: string;
    readonly neededShare: string;
    readonly pods: number;
    readonly most: number;
  } | null;
}

/** Both are null if pods never pay off. */
interface PlanPods {
  readonly tokensPerDay: string | null;
  readonly pods: number | null;
}

export function toPlanGpu(gpu: PlannedGpuResult): PlanGpu {
  const { podsPay, serverless, reserved } = gpu;
  return {
    gpu: gpu.type,
    count: gpu.count,
    capacityTokPerSec: sixPlacesOrNull(gpu.capacity),
    capacityOf: gpu.capacityOf ?? null,
    capacityForOneTokPerSec: toDecimal(gpu.capacityForOne, 6),
    podUsd: sixPlacesOrNull(gpu.podUsd),
    fullUsdPerMtok: sixPlacesOrNull(gpu.fullUsdPerMtok),
    bestUsdPerMtok: sixPlacesOrNull(gpu.best?.usdPerMtok),
    podsPay:
      podsPay === undefined
        ? null
        : {
            alone: toPlanPods(podsPay.alone),
            withPeople: podsPay.withPeople === undefined ? null : toPlanPods(podsPay.withPeople),
          },
    serverless:
      serverless === undefined
        ? null
        : {
            breakEvenShare: toDecimal(serverless.breakEvenShare, 6),
            workerShare: toDecimal(serverless.workerShare, 6),
          },
    reserved:
      reserved === undefined
        ? null
        : {
            breakEvenShare: toDecimal(reserved.breakEvenShare, 6),
            neededShare: toDecimal(reserved.neededShare, 6),
            pods: reserved.pods,
            most: reserved.most,
          },
  };
}

function toPlanPods(pay: BreakEvenLoad | 'never'): PlanPods {
  if (pay === 'never') return { tokensPerDay: null, pods: null };
  return { tokensPerDay: toDecimal(pay.tokensPerDay, 0, 'ceiling'), pods: pay.pods };
}

export function sixPlacesOrNull(value: Exact | undefined): string | null {
  return value === undefined ? null : toDecimal(value, 6);
}
