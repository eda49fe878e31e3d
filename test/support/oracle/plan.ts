/** The cheapest plan of a stack, found by trying all plans. */

import { type Fraction, ZERO_FRACTION } from './fraction.ts';
import { isGone, type OracleShared, stayingUsd } from './sharing.ts';

export interface PlanChoices {
  readonly id: string;
  readonly required: boolean;
  /** Cost of each option with its own engineering time. `undefined` if unknown. */
  readonly keep: Fraction;
  readonly delete?: Fraction | undefined;
  readonly hybrid?: Fraction | undefined;
  /** As computed by the program. Other laws check these options. */
  readonly 'right-size'?: Fraction | undefined;
  readonly move?: Fraction | undefined;
  readonly serverless?: Fraction | undefined;
  /** For the last three, the shared costs and the unused commitments are added. */
  readonly shared: readonly OracleShared[];
  /** Unused commitment, by the dollars still spent at the commitment's sources. */
  readonly left: (usedUsd: Fraction) => Fraction;
  readonly committedUsd: Fraction;
}

/** Shared costs of the stack. */
export interface SharedCosts {
  readonly selfHosted: Fraction;
  readonly hosted: Fraction;
}

const OPTIONS = ['keep', 'delete', 'hybrid', 'right-size', 'move', 'serverless'] as const;
export type PlanOption = (typeof OPTIONS)[number];

/** The cost of a plan: every choice, and the shared costs. */
export function planUsd(
  choices: readonly PlanChoices[],
  options: readonly PlanOption[],
  once: SharedCosts,
): Fraction | undefined {
  const made = new Map(choices.map(({ id }, index) => [id, options[index] ?? 'keep']));
  let total = ZERO_FRACTION;
  for (const choice of choices) {
    const option = made.get(choice.id) ?? 'keep';
    const usd = choice[option];
    if (usd === undefined) return undefined;
    total = total.plus(usd).plus(leavingUsd(choice, option, made));
  }
  if (options.some((option) => option !== 'delete')) total = total.plus(once.selfHosted);
  const isHosted = options.some((option) => option === 'delete' || option === 'hybrid');
  return isHosted ? total.plus(once.hosted) : total;
}

/** What leaving still costs: resources that others still use, and unused commitments. */
function leavingUsd(
  { shared, left, committedUsd }: PlanChoices,
  option: PlanOption,
  made: ReadonlyMap<string, PlanOption>,
): Fraction {
  if (option !== 'delete' && option !== 'serverless' && option !== 'move') return ZERO_FRACTION;
  const staying = stayingUsd(shared, option, (one) => isGone(one, made));
  return staying.plus(left(option === 'move' ? staying.plus(committedUsd) : staying));
}

/** The lowest cost of any plan that keeps every deployment that must stay. */
export function bestUsd(choices: readonly PlanChoices[], once: SharedCosts): Fraction {
  const all = everyPlan(choices);
  const costs = all.flatMap((options) => planUsd(choices, options, once) ?? []);
  return costs.reduce((best, usd) => (usd.below(best) ? usd : best));
}

function everyPlan(choices: readonly PlanChoices[]): PlanOption[][] {
  return choices.reduce<PlanOption[][]>(
    (plans, { required }) => {
      const open = required ? (['keep'] as const) : OPTIONS;
      return plans.flatMap((plan) => open.map((option) => [...plan, option]));
    },
    [[]],
  );
}
