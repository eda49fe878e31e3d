/** Knows why the answer is what it is, in three sentences: price, use, and what weighs most. */

import { compare, decimal, negate } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import type { AuditDeployment } from '../../verdict/auditDeployment.ts';
import { counted, dollars, percent, tokenCount, usdPerMtok } from '../format.ts';
import { shownName } from '../label.ts';
import { changedPrices, type Prices } from './changedPrices.ts';
import { comparison, utilization } from './figures.ts';
import { withinPeriod } from './period.ts';
import { capital, doing } from './plan.ts';
import { openReason } from './reasons.ts';
import {
  isActed,
  known,
  nearestOption,
  plannedChanges,
  type Situation,
  useOfRent,
} from './reading.ts';

export function whyOf(audit: Audit, situation: Situation): string[] {
  if (situation === 'nothing' || situation === 'empty') return [NOTHING_TO_COMPARE];
  return [priceSentence(audit), useSentence(audit), weightSentence(audit, situation)].filter(
    (sentence) => sentence !== '',
  );
}

const NOTHING_TO_COMPARE =
  'A verdict compares what was billed with what the same tokens would have cost hosted: ' +
  'it needs both.';

function priceSentence(audit: Audit): string {
  const { totals } = audit;
  const owned = known(totals.effectiveUsdPerMtok);
  const hosted = known(totals.hostedUsdPerMtok);
  if (owned === undefined) {
    const paid = `${dollars(decimal(totals.spendUsd))} was paid ${withinPeriod(audit)}`;
    return `${paid}, but no token is known to have been served for it, so a token has no price.`;
  }
  const own = `a million tokens cost ${usdPerMtok(owned)} on our own machines`;
  if (hosted === undefined) {
    return `${capital(own)}; what hosts would have asked for them is not known.`;
  }
  const more = comparison(owned, hosted);
  const changed = changedPrices(audit);
  if (changed !== undefined) return changedSentence(changed, more);
  return `For the same traffic, ${own} and ${usdPerMtok(hosted)} hosted: owned cost ${more}.`;
}

/** What is changed may be dear where the whole is not: then the whole explains nothing. */
function changedSentence({ owned, hosted }: Prices, whole: string): string {
  const [own, other] = [owned, hosted].map(usdPerMtok);
  return (
    `For the same traffic, a million tokens of what the plan changes cost ${own} on our own ` +
    `machines and ${other} hosted, ${comparison(owned, hosted)}; over the whole stack owned ` +
    `cost ${whole}.`
  );
}

function useSentence({ deployments }: Audit): string {
  const use = useOfRent(deployments);
  if (use === undefined) return 'How much of the paid capacity was used is not known.';
  const share = percent(utilization(deployments, use));
  const worked = `Of ${dollars(use.rent)} of rent, ${dollars(use.worked)} (${share}) bought tokens`;
  if (use.idle === undefined || use.underfilled === undefined) {
    return `${worked}; the rest paid for machines that were idle or half full.`;
  }
  const below = `${dollars(use.underfilled)} went into machines that ran below capacity`;
  return `${worked}, ${below} and ${dollars(use.idle)} into idle ones.`;
}

function weightSentence(audit: Audit, situation: Situation): string {
  const [first, second] = plannedChanges(audit);
  if (!isActed(situation)) return openSentence(audit, situation);
  if (first === undefined) return nearestSentence(audit.deployments);
  const saving = known(first.figures?.savingUsd);
  if (second !== undefined && saving !== undefined) {
    const largest = shownName(first.deployment.id);
    return `The largest part of the saving, ${dollars(saving)}, comes from ${largest}.`;
  }
  return breakEvenSentence(first.deployment);
}

/** What keeps the answer open: the first reason, or how many things are missing. */
function openSentence(audit: Audit, situation: Situation): string {
  const { length } = audit.stack.missing;
  if (length === 0) return openReason(audit, situation) ?? '';
  return `Missing for a verdict: ${counted(length, 'thing')}, listed below.`;
}

/** The change that comes nearest to paying, of all deployments that are kept. */
function nearestSentence(deployments: readonly AuditDeployment[]): string {
  const candidates = deployments.flatMap((deployment) => {
    const option = nearestOption(deployment);
    const saving = known(option?.savingUsd);
    return option === undefined || saving === undefined ? [] : [{ deployment, option, saving }];
  });
  const nearest = candidates.sort((a, b) => compare(b.saving, a.saving))[0];
  if (nearest === undefined) return '';
  const what = `to ${doing(nearest.option.option, shownName(nearest.deployment.id))}`;
  const { saving } = nearest;
  if (saving.num <= 0n) {
    return `The change nearest to paying, ${what}, would cost ${dollars(negate(saving))} more.`;
  }
  return `The best change, ${what}, would save ${dollars(saving)}, ${butText(nearest.deployment)}.`;
}

function butText({ verdict, decision }: AuditDeployment): string {
  if (verdict === 'keep (required)') return 'but it must stay';
  return decision?.heldBack
    ? 'less than the engineering time that any hosting takes'
    : 'too little to be worth it';
}

/**
 * Worked number: 62,375,784 tokens instead of 15,600,000 at 144% of capacity is "more than its
 * machines can do".
 */
export function breakEvenSentence({ id, tokens, breakEven }: AuditDeployment): string {
  if (breakEven.tokens === null) return '';
  const needed = tokenCount(breakEven.tokens);
  const served = tokenCount(tokens);
  const share = known(breakEven.utilization);
  const reach =
    share === undefined
      ? ''
      : share.num > share.den
        ? ', more than its machines can do'
        : `, or ${percent(share)} of its capacity`;
  return `${shownName(id)} served ${served} tokens and breaks even at ${needed}${reach}.`;
}
