/**
 * The cost of every plan of the whole stack, computed naively: every option of every deployment.
 */

import type { StackInput } from '../../../src/economics/input.ts';
import type { OptionName } from '../../../src/economics/offer.ts';
import { optionCost } from '../../../src/economics/options.ts';
import type { DeploymentEconomics, StackEconomics } from '../../../src/economics/result.ts';
import { withoutReleased } from '../../../src/economics/sharedInPlan.ts';
import { splitBill } from './bill.ts';
import { chosenHost } from './compare.ts';
import { least, Fraction } from './fraction.ts';
import { commitmentOf, migrationUsd, oracleUnusedCommitment } from './sharing.ts';
import { fixedUsd } from './options.ts';
import { type OracleDeployment, oracleDeployments } from './oracle.ts';
import type { SharedCosts, PlanChoices } from './plan.ts';

export interface StackChoices {
  readonly choices: readonly PlanChoices[];
  readonly once: SharedCosts;
}

export function stackChoices(input: StackInput, found: StackEconomics): StackChoices {
  const parts = splitBill(input);
  const choices = oracleDeployments(input).flatMap((wanted, index) => {
    const got = found.deployments[index];
    if (got === undefined) return [];
    return [choicesOf(input, { wanted, found: got, owed: commitmentOf(input, parts, wanted.id) })];
  });
  return { choices, once: fixedUsd(input, 'base') };
}

interface Side {
  readonly wanted: OracleDeployment;
  readonly found: DeploymentEconomics;
  readonly owed: Fraction;
}

function choicesOf(input: StackInput, { wanted, found, owed }: Side): PlanChoices {
  const { id, labor, coveredUsd, capacity, coveredNs, lacksSide } = wanted;
  const base = Fraction.of(input.cacheRealization.base);
  const host = chosenHost(wanted, found);
  const waiver = input.deployments.find((each) => each.id === id)?.waiver;
  const { endMs } = input.window;
  const both = labor.selfHosted.plus(labor.hosted).plus(migrationUsd(input, 'hybrid'));
  const hybrids =
    host === undefined || capacity === undefined || coveredNs.n === 0n
      ? []
      : Array.from({ length: wanted.mostReplicas + 1 }, (_, index) => {
          const { own, overflow } = wanted.hybrid(index + 1, host, base);
          return own
            .plus(overflow)
            .plus(oracleUnusedCommitment(owed, coveredUsd, own))
            .plus(both);
        });
  return {
    id,
    required: waiver !== undefined && (waiver.expiresMs ?? endMs + 1) > endMs,
    keep: coveredUsd.plus(labor.selfHosted),
    shared: wanted.shared,
    delete: lacksSide
      ? undefined
      : host?.total(base).plus(labor.hosted).plus(migrationUsd(input, 'delete')),
    left: (usedUsd: Fraction) => oracleUnusedCommitment(owed, coveredUsd, usedUsd),
    committedUsd: Fraction.of(found.spend.coveredCommitmentUsd),
    hybrid: hybrids.length === 0 ? undefined : hybrids.reduce(least),
    'right-size': foundUsd(found, 'right-size'),
    move: bareUsd(found, 'move'),
    serverless: bareUsd(found, 'serverless'),
  };
}

/** Without shared costs and unused commitments, which depend on the plan. */
function bareUsd(found: DeploymentEconomics, option: OptionName): Fraction | undefined {
  const cost = optionCost(
    withoutReleased(found, option, () => true),
    option,
  );
  return cost && Fraction.of(cost.usd).minus(Fraction.of(cost.strandedUsd));
}

function foundUsd(found: DeploymentEconomics, option: OptionName): Fraction | undefined {
  const cost = optionCost(found, option);
  return cost && Fraction.of(cost.usd);
}
