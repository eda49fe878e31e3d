/** Why the answer is what it is: price, use of the GPUs, and the largest part of the saving. */

import { compare, decimal, negate } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import type { AuditDeployment } from '../../verdict/auditDeployment.ts';
import { counted, dollars, percent, tokenCount, usdPerMtok } from '../format.ts';
import { shownName } from '../label.ts';
import { changedPrices, type Prices } from './changedPrices.ts';
import { comparison, utilization } from './figures.ts';
import { withinPeriod } from './period.ts';
import { capital } from '../copy/figures.ts';
import { doing } from './plan.ts';
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
  'A verdict compares the GPU spend with the hosted price of the same tokens, so it needs both.';

function priceSentence(audit: Audit): string {
  const { totals } = audit;
  const owned = known(totals.effectiveUsdPerMtok);
  const hosted = known(totals.hostedUsdPerMtok);
  if (owned === undefined) {
    const paid = `${dollars(decimal(totals.spendUsd))} was billed ${withinPeriod(audit)}`;
    return `${paid}. No usage is known for it, so there is no price per token.`;
  }
  const own = `self-hosting cost ${usdPerMtok(owned)} per million tokens`;
  if (hosted === undefined) return `${capital(own)}. The hosted price of this traffic is unknown.`;
  const more = comparison(owned, hosted);
  const changed = changedPrices(audit);
  if (changed !== undefined) return changedSentence(changed, more);
  const other = `hosted APIs ${usdPerMtok(hosted)}`;
  return `For the same traffic, ${own} and ${other}. Self-hosting cost ${more}.`;
}

/** What is changed may be expensive where the whole stack is not. */
function changedSentence({ owned, hosted }: Prices, whole: string): string {
  const [own, other] = [owned, hosted].map(usdPerMtok);
  return (
    `For the deployments to change, self-hosting cost ${own} per million tokens and hosted APIs ` +
    `${other}. Self-hosting them cost ${comparison(owned, hosted)}. For the whole stack, ` +
    `self-hosting cost ${whole}.`
  );
}

function useSentence({ deployments }: Audit): string {
  const use = useOfRent(deployments);
  if (use === undefined) return 'The used share of the paid capacity is unknown.';
  const share = percent(utilization(deployments, use));
  const spent = `${dollars(use.rent)} GPU spend with known usage`;
  const worked = `Of the ${spent}, ${dollars(use.worked)} (${share}) paid for tokens served.`;
  if (use.idle === undefined || use.underfilled === undefined) {
    return `${worked} The rest paid for idle or under-filled GPUs.`;
  }
  const below = `${dollars(use.underfilled)} paid for under-filled GPUs`;
  return `${worked} ${below} and ${dollars(use.idle)} for idle GPUs.`;
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
  return `A verdict needs ${counted(length, 'more fact')}, listed under the actions.`;
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
    return `The cheapest change, ${what}, would cost ${dollars(negate(saving))} more.`;
  }
  return `The best change, ${what}, would save ${dollars(saving)}, ${butText(nearest.deployment)}.`;
}

function butText({ verdict, decision }: AuditDeployment): string {
  if (verdict === 'keep (required)') return 'but a waiver requires keeping it';
  return decision?.heldBack
    ? 'less than the fixed engineering time of hosted APIs'
    : 'which is too small to act on';
}

/**
 * Worked number: 62,375,784 tokens instead of 15,600,000 at 144% of capacity is "more than its
 * replicas can serve".
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
        ? ', more than its replicas can serve'
        : `, or ${percent(share)} of its capacity`;
  return `${shownName(id)} served ${served} tokens. Its break-even is ${needed}${reach}.`;
}
