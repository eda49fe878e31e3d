/** Knows, naively, what the whole stack's plans cost: every option of every deployment at once. */

import type { StackInput } from '../../../src/economics/input.ts';
import type { DeploymentEconomics, StackEconomics } from '../../../src/economics/result.ts';
import { billParts } from './bill.ts';
import { chosenHost } from './compare.ts';
import { least, Q } from './fraction.ts';
import { fixedUsd } from './options.ts';
import { type OracleDeployment, oracleDeployments } from './oracle.ts';
import { committedMonths, type Once, type PlanChoices } from './plan.ts';

export interface StackChoices {
  readonly choices: readonly PlanChoices[];
  readonly once: Once;
}

export function stackChoices(input: StackInput, found: StackEconomics): StackChoices {
  const choices = oracleDeployments(input).flatMap((wanted, index) => {
    const got = found.deployments[index];
    return got === undefined ? [] : [choicesOf(input, wanted, got)];
  });
  return { choices, once: { ...fixedUsd(input, 'base'), owed: owedBy(input) } };
}

function choicesOf(
  input: StackInput,
  wanted: OracleDeployment,
  found: DeploymentEconomics,
): PlanChoices {
  const { id, labor, coveredUsd, capacity, coveredNs } = wanted;
  const base = Q.of(input.cacheRealization.base);
  const host = chosenHost(wanted, found);
  const waiver = input.deployments.find((each) => each.id === id)?.waiver;
  const { endMs } = input.window;
  const hybrids =
    host === undefined || capacity === undefined || coveredNs.n === 0n
      ? []
      : Array.from({ length: wanted.mostReplicas + 1 }, (_, index) => {
          const { own, overflow } = wanted.hybrid(index + 1, host, base);
          return own.plus(overflow).plus(labor.selfHosted).plus(labor.hosted);
        });
  return {
    id,
    required: waiver !== undefined && (waiver.expiresMs ?? endMs + 1) > endMs,
    keep: coveredUsd.plus(labor.selfHosted),
    delete: host?.total(base).plus(labor.hosted),
    hybrid: hybrids.length === 0 ? undefined : hybrids.reduce(least),
  };
}

/** Whom each commitment serves: those who answer for a charge of its source. */
function owedBy(input: StackInput): Once['owed'] {
  const parts = billParts(input);
  return input.commitments.flatMap(({ sourceId, usdPerMonth, untilMs }) => {
    const own = parts.filter(({ charge }) => charge.sourceId === sourceId);
    const users = [...new Set(own.flatMap(({ owner }) => owner ?? []))];
    if (users.length === 0) return [];
    const months = committedMonths(input.window, untilMs);
    return [{ users, usd: new Q(usdPerMonth, 1_000_000_000n).times(months) }];
  });
}
