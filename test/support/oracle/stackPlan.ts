/**
 * The cost of every plan of the whole stack, computed naively: every option of every deployment.
 */

import type { StackInput } from '../../../src/economics/input.ts';
import type { OptionName } from '../../../src/economics/offer.ts';
import { optionCost } from '../../../src/economics/options.ts';
import type { DeploymentEconomics, StackEconomics } from '../../../src/economics/result.ts';
import { withoutShared } from '../../../src/economics/together.ts';
import { billParts } from './bill.ts';
import { chosenHost } from './compare.ts';
import { least, Q } from './fraction.ts';
import { changingUsd, leftBehind, owedBy } from './leaving.ts';
import { fixedUsd } from './options.ts';
import { type OracleDeployment, oracleDeployments } from './oracle.ts';
import type { Once, PlanChoices } from './plan.ts';

export interface StackChoices {
  readonly choices: readonly PlanChoices[];
  readonly once: Once;
}

export function stackChoices(input: StackInput, found: StackEconomics): StackChoices {
  const parts = billParts(input);
  const choices = oracleDeployments(input).flatMap((wanted, index) => {
    const got = found.deployments[index];
    if (got === undefined) return [];
    return [choicesOf(input, { wanted, found: got, owed: owedBy(input, parts, wanted.id) })];
  });
  return { choices, once: fixedUsd(input, 'base') };
}

interface Side {
  readonly wanted: OracleDeployment;
  readonly found: DeploymentEconomics;
  readonly owed: Q;
}

function choicesOf(input: StackInput, { wanted, found, owed }: Side): PlanChoices {
  const { id, labor, coveredUsd, capacity, coveredNs, lacksSide } = wanted;
  const base = Q.of(input.cacheRealization.base);
  const host = chosenHost(wanted, found);
  const waiver = input.deployments.find((each) => each.id === id)?.waiver;
  const { endMs } = input.window;
  const both = labor.selfHosted.plus(labor.hosted).plus(changingUsd(input, 'hybrid'));
  const hybrids =
    host === undefined || capacity === undefined || coveredNs.n === 0n
      ? []
      : Array.from({ length: wanted.mostReplicas + 1 }, (_, index) => {
          const { own, overflow } = wanted.hybrid(index + 1, host, base);
          return own
            .plus(overflow)
            .plus(leftBehind(owed, coveredUsd, own))
            .plus(both);
        });
  return {
    id,
    required: waiver !== undefined && (waiver.expiresMs ?? endMs + 1) > endMs,
    keep: coveredUsd.plus(labor.selfHosted),
    shared: wanted.shared,
    delete: lacksSide
      ? undefined
      : host?.total(base).plus(labor.hosted).plus(changingUsd(input, 'delete')),
    left: (usedUsd: Q) => leftBehind(owed, coveredUsd, usedUsd),
    committedUsd: Q.of(found.spend.coveredCommitmentUsd),
    hybrid: hybrids.length === 0 ? undefined : hybrids.reduce(least),
    'right-size': foundUsd(found, 'right-size'),
    move: bareUsd(found, 'move'),
    serverless: bareUsd(found, 'serverless'),
  };
}

/** Without shared costs and unused commitments, which depend on the plan. */
function bareUsd(found: DeploymentEconomics, option: OptionName): Q | undefined {
  const cost = optionCost(
    withoutShared(found, option, () => true),
    option,
  );
  return cost && Q.of(cost.usd).minus(Q.of(cost.strandedUsd));
}

function foundUsd(found: DeploymentEconomics, option: OptionName): Q | undefined {
  const cost = optionCost(found, option);
  return cost && Q.of(cost.usd);
}
