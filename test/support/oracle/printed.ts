/** How a printed audit must agree with the oracle and with itself. */

import type { StackInput } from '../../../src/economics/input.ts';
import type { Audit } from '../../../src/verdict/audit.ts';
import type { AuditDeployment, AuditOption } from '../../../src/verdict/auditDeployment.ts';
import type { UsdText } from '../../../src/domain/figures.ts';
import { type Difference, type Figures, unequal } from './difference.ts';
import { Fraction } from './fraction.ts';
import { type OracleDeployment, oracleBill, oracleDeployments } from './oracle.ts';

const HOUR_NS = new Fraction(3_600_000_000_000n);
const NANO = new Fraction(1_000_000_000n);

export function printedDifferences(input: StackInput, audit: Audit): Difference[] {
  const deployments = oracleDeployments(input);
  return [
    ...unequal('printed totals', totals(input, audit, deployments)),
    ...deployments.flatMap((wanted, index) => {
      const found = audit.deployments[index];
      return found === undefined ? [] : deploymentDifferences(input, wanted, found);
    }),
  ];
}

function totals(
  input: StackInput,
  { totals: printed, deployments }: Audit,
  wanted: readonly OracleDeployment[],
): Figures {
  const bill = oracleBill(input);
  const parts = [...deployments.map(({ spendUsd }) => spendUsd), printed.unattributedUsd];
  const tokens = wanted.reduce((sum, each) => sum + each.tokens, 0n);
  const seen = wanted.filter(({ paidNs }) => paidNs.n > 0n);
  const [paid, covered] = [seen.map(({ paidNs }) => paidNs), seen.map((each) => each.coveredNs)];
  return {
    spend: [microOf(parts), micro(printed.spendUsd)],
    spendNear: [true, isClose(printed.spendUsd, new Fraction(bill.spend).over(NANO), 5n)],
    uncovered: [microOf(deployments.map((each) => each.uncoveredUsd)), micro(printed.uncoveredUsd)],
    tax: [new Fraction(bill.tax).over(NANO).text(), printed.taxUsd],
    hosted: [new Fraction(bill.hosted).over(NANO).text(), printed.hostedSpendUsd],
    tokens: [tokens, printed.tokens],
    unbilled: [wanted.reduce((sum, each) => sum + each.unbilledTokens, 0n), printed.unbilledTokens],
    effective: [effectiveText(wanted), printed.effectiveUsdPerMtok],
    coverage: [
      seen.length === 0 ? null : Fraction.sum(covered).over(Fraction.sum(paid)).text(),
      printed.coverage,
    ],
  };
}

/** Dollars and tokens are summed, then divided. Unknown if one GPU cost is. */
function effectiveText(wanted: readonly OracleDeployment[]): string | null {
  const serving = wanted.filter(({ tokens }) => tokens > 0n);
  const isKnown = serving.every(({ effective }) => effective !== undefined);
  if (!isKnown || serving.length === 0) return null;
  const tokens = serving.reduce((sum, each) => sum + each.tokens, 0n);
  const usd = Fraction.sum(wanted.map(({ coveredUsd }) => coveredUsd));
  return usd.over(new Fraction(tokens, 1_000_000n)).text();
}

function deploymentDifferences(
  input: StackInput,
  wanted: OracleDeployment,
  found: AuditDeployment,
): Difference[] {
  return [
    ...unequal('printed', figures(wanted, found)),
    ...unequal('printed sums', sums(found)),
    ...unequal('printed hosted', hosted(input, wanted, found)),
    ...found.options.flatMap((option) => unequal(`printed ${option.option}`, parts(found, option))),
  ];
}

function figures(wanted: OracleDeployment, found: AuditDeployment): Figures {
  const coverage = wanted.paidNs.n === 0n ? null : wanted.coveredNs.over(wanted.paidNs).text();
  return {
    tokens: [wanted.tokens, found.tokens],
    unbilled: [wanted.unbilledTokens, found.unbilledTokens],
    isKeepTold: [
      !wanted.lacksSide,
      found.options.some(({ option, costUsd }) => option === 'keep' && costUsd !== null),
    ],
    effective: [wanted.effective?.text() ?? null, found.effectiveUsdPerMtok],
    utilization: [wanted.utilization?.text() ?? null, found.utilization],
    busyFraction: [wanted.busyFraction?.text() ?? null, found.busyFraction],
    capacity: [wanted.capacity?.text() ?? null, found.capacityTokPerSec],
    paidReplicaHours: [wanted.paidNs.over(HOUR_NS).text(), found.paidReplicaHours],
    coverage: [coverage, found.coverage],
    spend: [true, isClose(found.spendUsd, new Fraction(wanted.spend).over(NANO))],
    compute: [new Fraction(wanted.compute).over(NANO).text(), found.computeUsd],
    isUtilizationAtMostOne: [true, Number(found.utilization ?? 0) <= 1],
  };
}

/** Spend is covered and uncovered. Covered spend is full, under-filled and idle. */
function sums(found: AuditDeployment): Figures {
  const keep = found.options.find(({ option }) => option === 'keep')?.infraUsd;
  if (keep === null) return { sides: [true, found.savingUsd.base === null] };
  const { fullCapacityUsd: full, underfilledUsd: under, idleUsd: idle } = found;
  const isWhole = full !== null && under !== null && idle !== null;
  return {
    spend: [micro(found.spendUsd), microOf([keep ?? 'unknown', found.uncoveredUsd])],
    ...(isWhole ? { covered: [micro(keep ?? 'unknown'), microOf([full, under, idle])] } : {}),
  };
}

function parts(found: AuditDeployment, option: AuditOption): Figures {
  const { costUsd, infraUsd, laborUsd, hostedUsd, strandedUsd, migrationUsd, savingUsd } = option;
  const { gpuUsd, storageUsd, otherUsd } = option;
  if (costUsd === null) return { reason: [true, option.detail.reason !== undefined] };
  const keep = found.options.find((each) => each.option === 'keep')?.costUsd ?? 'unknown';
  const printed = (texts: readonly (string | null)[]) => texts.map((part) => part ?? 'unknown');
  const all = printed([infraUsd, laborUsd, hostedUsd, strandedUsd, migrationUsd]);
  const byReplicas = option.detail.costUsdByReplicas?.[String(option.detail.replicas)];
  const isHybrid = option.option === 'hybrid';
  return {
    cost: [microOf(all), micro(costUsd)],
    infra: [microOf(printed([gpuUsd, storageUsd, otherUsd])), micro(infraUsd ?? 'unknown')],
    saving: [micro(keep) - micro(costUsd), micro(savingUsd ?? 'unknown')],
    ...(isHybrid
      ? { chosen: [microOf(printed([infraUsd, hostedUsd])), micro(byReplicas ?? '')] }
      : {}),
  };
}

function hosted(input: StackInput, wanted: OracleDeployment, found: AuditDeployment): Figures {
  const base = Fraction.of(input.cacheRealization.base);
  const costs = wanted.hosts
    .filter(({ eligible }) => eligible)
    .map((host) => host.total(base).text());
  const listed = found.hosted?.considered.flatMap(({ costUsd }) => costUsd ?? []) ?? [];
  const remove = found.options.find(({ option }) => option === 'delete');
  if (found.hosted === null) return { delete: [null, remove?.costUsd] };
  return {
    considered: [costs.sort().join(' '), [...listed].sort().join(' ')],
    delete: [found.hosted.costUsd, remove?.hostedUsd],
    labor: [wanted.labor.hosted.text(), remove?.laborUsd],
  };
}

/** Whole micro-dollars of a printed amount, parsed from its digits. */
export function micro(text: UsdText): bigint {
  if (!/^-?\d+\.\d{6}$/.test(text)) throw new Error(`not six places: ${text}`);
  return BigInt(text.replace('.', ''));
}

function microOf(texts: readonly UsdText[]): bigint {
  return texts.reduce((sum, text) => sum + micro(text), 0n);
}

/** Within a micro-dollar: parts are adjusted so that they sum to their total. */
export function isClose(text: UsdText, wanted: Fraction, microUsd = 1n): boolean {
  const off = wanted.times(new Fraction(1_000_000n)).minus(new Fraction(micro(text)));
  const room = new Fraction(microUsd + 1n);
  return off.below(room) && new Fraction(0n).minus(off).below(room);
}
