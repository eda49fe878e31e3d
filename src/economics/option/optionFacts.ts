/** Facts about a deployment that every option is computed from. */

import type { DeploymentBill } from '../bill/bill.ts';
import type { ChargeBook } from '../chargeBook.ts';
import type { BoughtTraffic } from '../hosted/bought.ts';
import type { DayGrid } from '../bill/days.ts';
import type { DeploymentInput, StackInput } from '../input.ts';
import type { OptionOffer } from '../offer.ts';
import type { Capacity, DeploymentEconomics, PaidTime, SharedCost, Spend } from '../result.ts';
import type { CoveredDay } from '../usage/coverage.ts';
import type { UsageTally } from '../usage/usageTally.ts';

export interface OptionFacts {
  readonly stack: StackInput;
  readonly input: DeploymentInput;
  readonly grid: DayGrid;
  /** Only usage in billed time. */
  readonly tally: UsageTally;
  readonly bill: DeploymentBill;
  readonly charges: ChargeBook;
  /** One for each day of the grid. */
  readonly covered: readonly CoveredDay[];
  readonly spend: Spend;
  readonly time: PaidTime;
  /** Resources shared with others; empty if none. */
  readonly shared: readonly SharedCost[];
  readonly lacks?: DeploymentEconomics['lacks'];
  /** Absent if the capacity of a replica is unknown. */
  readonly capacity?: Capacity;
  /** The part of its traffic that is bought elsewhere; absent if none is. */
  readonly bought?: BoughtTraffic;
}

/** An offer before unused commitment and migration cost. */
export type BareOffer = Omit<
  OptionOffer,
  'strandedUsd' | 'migrationUsd' | 'staying' | 'strandedBeside'
>;
