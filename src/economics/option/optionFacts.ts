/** What is told to each option of a deployment before it can name its price. */

import type { DeploymentBill } from '../bill/bill.ts';
import type { ChargeBook } from '../chargeBook.ts';
import type { BoughtTraffic } from '../hosted/bought.ts';
import type { DayGrid } from '../bill/days.ts';
import type { DeploymentInput, StackInput } from '../input.ts';
import type { Offer } from '../offer.ts';
import type { Capacity, DeploymentEconomics, PaidTime, SharedRent, Spend } from '../result.ts';
import type { CoveredDay } from '../usage/coverage.ts';
import type { UsageTally } from '../usage/usageTally.ts';

export interface OptionFacts {
  readonly stack: StackInput;
  readonly input: DeploymentInput;
  readonly grid: DayGrid;
  readonly tally: UsageTally;
  readonly bill: DeploymentBill;
  readonly charges: ChargeBook;
  /** One for each day of the grid. */
  readonly covered: readonly CoveredDay[];
  readonly spend: Spend;
  readonly time: PaidTime;
  /** What it shares with others; empty where it shares nothing. */
  readonly shared: readonly SharedRent[];
  readonly lacks?: DeploymentEconomics['lacks'];
  /** Absent where the capacity of a replica is unknown. */
  readonly capacity?: Capacity;
  /** What of its traffic is bought elsewhere; absent where nothing is. */
  readonly bought?: BoughtTraffic;
}

/** An offer before what is left behind and what the change itself takes. */
export type BareOffer = Omit<Offer, 'strandedUsd' | 'migrationUsd' | 'staying' | 'strandedBeside'>;
