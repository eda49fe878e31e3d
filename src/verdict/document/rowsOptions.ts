/** Converts the options of an audit to rows for SQL readers. */

import type { AuditOptionRow } from '../../domain/auditRow.ts';
import { subtract } from '../../domain/exact.ts';
import { nanoFromUsd } from '../../domain/money.ts';
import { OPTIONS } from '../../economics/offer.ts';
import { optionCost } from '../../economics/options.ts';
import type { DeploymentEconomics } from '../../economics/result.ts';
import type { SimulatedSaving, SimulatedSavings } from '../odds/drawn.ts';
import { roundedDouble } from './printed.ts';

export function toOptionRows(
  deployment: DeploymentEconomics,
  odds: ReadonlyMap<string, SimulatedSavings>,
): AuditOptionRow[] {
  const keep = deployment.lacks === undefined ? optionCost(deployment, 'keep') : undefined;
  return OPTIONS.filter((option) => deployment.offers[option] !== undefined).map((option) => {
    const cost = optionCost(deployment, option);
    if (cost === undefined || keep === undefined) return { deployment: deployment.id, option };
    const savingNanoUsd = nanoFromUsd(subtract(keep.usd, cost.usd));
    return {
      deployment: deployment.id,
      option,
      costNanoUsd: nanoFromUsd(cost.usd),
      infraNanoUsd: nanoFromUsd(cost.infraUsd),
      gpuNanoUsd: nanoFromUsd(cost.gpuUsd),
      storageNanoUsd: nanoFromUsd(cost.storageUsd),
      otherNanoUsd: nanoFromUsd(cost.otherUsd),
      laborNanoUsd: nanoFromUsd(cost.laborUsd),
      hostedNanoUsd: nanoFromUsd(cost.hostedUsd),
      strandedNanoUsd: nanoFromUsd(cost.strandedUsd),
      migrationNanoUsd: nanoFromUsd(cost.migrationUsd),
      savingNanoUsd,
      ...toSimulatedRow(odds.get(option)?.withLabor, savingNanoUsd),
    };
  });
}

/** Ends keep their simulated distance to the saving. Empty if the simulation could not run. */
export function toSimulatedRow(odds: SimulatedSaving | undefined, savingNanoUsd: bigint) {
  if (odds === undefined) return {};
  return {
    probability: odds.probability,
    lowNanoUsd: savingNanoUsd - nanoFromUsd(roundedDouble(odds.usd - odds.low)),
    highNanoUsd: savingNanoUsd + nanoFromUsd(roundedDouble(odds.high - odds.usd)),
  };
}
