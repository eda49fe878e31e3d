/**
 * Renders why the verdict is what it is: prices, use of the GPUs, and the largest part of the
 * saving.
 */

import {
  compare,
  decimal,
  divide,
  type Exact,
  exactInteger,
  multiply,
  negate,
  sum,
  ZERO,
} from '../../domain/exact.ts';
import { priceComparisonText } from './mainFigures.ts';
import { type AuditReading, isConclusive } from './auditReading.ts';
import { nearestOption, type DeploymentReading, coveredSpend } from './deploymentReading.ts';
import { shownName, capital } from '../displayText.ts';
import { changePhrase } from '../copy/changes.ts';
import { openReason } from './reasons.ts';
import { counted, dollars, percent, tokenCount, pricePerMtok } from '../format.ts';
import type { Reader } from '../locale.ts';

/** Sentences on prices, use of the GPUs, and the largest saving. */
export function whyLines(audit: AuditReading, reader: Reader): string[] {
  if (audit.situation === 'nothing' || audit.situation === 'empty') return [NOTHING_TO_COMPARE];
  return [
    priceSentence(audit, reader),
    useSentence(audit, reader),
    largestSavingSentence(audit, reader),
  ].filter((sentence) => sentence !== '');
}

const NOTHING_TO_COMPARE =
  'A verdict compares the GPU spend with the hosted price of the same tokens, so it needs both.';

function priceSentence(audit: AuditReading, reader: Reader): string {
  const { totals } = audit;
  const { effectiveUsdPerMtok: selfHosted, hostedUsdPerMtok: hosted } = totals;
  if (selfHosted === undefined) {
    const spend = dollars(totals.spendUsd, reader);
    const paid = `${spend} was billed ${audit.withinPeriod}`;
    return `${paid}. No usage is known for it, so there is no price per token.`;
  }
  const own = `self-hosting cost ${pricePerMtok(selfHosted, reader)} per million tokens`;
  if (hosted === undefined) return `${capital(own)}. The hosted price of this traffic is unknown.`;
  const more = priceComparisonText(selfHosted, hosted, reader);
  const changed = computeChangedPrices(audit);
  if (changed !== undefined) return changedSentence(changed, more, reader);
  const other = `hosted APIs ${pricePerMtok(hosted, reader)}`;
  return `For the same traffic, ${own} and ${other}. Self-hosting cost ${more}.`;
}

/** The prices of the changed deployments, which may differ from those of the whole stack. */
function changedSentence(
  { selfHosted, hosted }: ChangedPrices,
  whole: string,
  reader: Reader,
): string {
  const [own, other] = [selfHosted, hosted].map((each) => pricePerMtok(each, reader));
  const difference = priceComparisonText(selfHosted, hosted, reader);
  return (
    `For the deployments to change, self-hosting cost ${own} per million tokens and hosted APIs ` +
    `${other}. Self-hosting them cost ${difference}. For the whole stack, ` +
    `self-hosting cost ${whole}.`
  );
}

function useSentence({ gpuSpendUse: use }: AuditReading, reader: Reader): string {
  if (use === undefined) return 'The used share of the paid capacity is unknown.';
  const share = percent(use.utilization, reader);
  const spent = `${dollars(use.gpuSpend, reader)} GPU spend with known usage`;
  const usedUsd = dollars(use.fullCapacityCost, reader);
  const worked = `Of the ${spent}, ${usedUsd} (${share}) paid for tokens served.`;
  if (use.idle === undefined || use.underfilled === undefined) {
    return `${worked} The rest paid for idle or under-filled GPUs.`;
  }
  const below = `${dollars(use.underfilled, reader)} paid for under-filled GPUs`;
  return `${worked} ${below} and ${dollars(use.idle, reader)} for idle GPUs.`;
}

function largestSavingSentence(audit: AuditReading, reader: Reader): string {
  const [first, second] = audit.changes;
  if (!isConclusive(audit.situation)) return openSentence(audit, reader);
  if (first === undefined) return nearestSentence(audit.deployments, reader);
  const saving = first.figures?.savingUsd;
  if (second !== undefined && saving !== undefined) {
    const largest = shownName(first.deployment.id);
    return `The largest part of the saving, ${dollars(saving, reader)}, comes from ${largest}.`;
  }
  return breakEvenSentence(first.deployment, reader);
}

/** Why the verdict is open: the first reason, or the number of missing facts. */
function openSentence(audit: AuditReading, reader: Reader): string {
  const { length } = audit.stack.missing;
  if (length === 0) return openReason(audit, reader) ?? '';
  return `A verdict needs ${counted(length, 'more fact', reader)}, listed under the actions.`;
}

/** The most favorable change of all kept deployments. */
function nearestSentence(deployments: readonly DeploymentReading[], reader: Reader): string {
  const candidates = deployments.flatMap((deployment) => {
    const option = nearestOption(deployment);
    return option === undefined ? [] : [{ deployment, option, saving: option.savingUsd }];
  });
  const nearest = candidates.sort((a, b) => compare(b.saving, a.saving))[0];
  if (nearest === undefined) return '';
  const what = `to ${changePhrase(nearest.option.option, shownName(nearest.deployment.id))}`;
  const { saving } = nearest;
  if (saving.num <= 0n) {
    return `The cheapest change, ${what}, would cost ${dollars(negate(saving), reader)} more.`;
  }
  return (
    `The best change, ${what}, would save ` +
    `${dollars(saving, reader)}, ${notAdvisedText(nearest.deployment)}.`
  );
}

function notAdvisedText({ verdict, decision }: DeploymentReading): string {
  if (verdict === 'keep (required)') return 'but a waiver requires keeping it';
  return decision?.heldBack
    ? 'less than the fixed engineering time of hosted APIs'
    : 'which is too small to act on';
}

/**
 * Break-even tokens of a deployment. Worked number: 62,375,784 tokens instead of 15,600,000 at 144%
 * of capacity is "more than its replicas can serve".
 */
export function breakEvenSentence(
  { id, tokens, breakEven }: DeploymentReading,
  reader: Reader,
): string {
  if (breakEven.tokens === null) return '';
  const needed = tokenCount(breakEven.tokens, reader);
  const served = tokenCount(tokens, reader);
  const share = breakEven.utilization;
  const reach =
    share === undefined
      ? ''
      : share.num > share.den
        ? ', more than its replicas can serve'
        : `, or ${percent(share, reader)} of its capacity`;
  return `${shownName(id)} served ${served} tokens. Its break-even is ${needed}${reach}.`;
}

export interface ChangedPrices {
  readonly selfHosted: Exact;
  readonly hosted: Exact;
}

/**
 * Dollars are summed, then divided: $54,120 and $31,400 of covered spend over 140 and 61.2 billion
 * tokens are $0.425 per million. `undefined` if all or none change, because the stack's prices are
 * then the same. Also `undefined` if one has no price.
 */
export function computeChangedPrices(audit: AuditReading): ChangedPrices | undefined {
  const changed = audit.changes.map(({ deployment }) => deployment);
  if (changed.length === 0 || changed.length === audit.deployments.length) return undefined;
  const serving = changed.filter(({ tokens }) => tokens > 0);
  const isPriced = serving.every(
    (each) => each.effectiveUsdPerMtok !== undefined && each.hosted !== null,
  );
  const tokens = exactInteger(serving.reduce((total, each) => total + each.tokens, 0));
  if (!isPriced || serving.length === 0) return undefined;
  const spend = changed.map(coveredSpend);
  const hosted = serving.map((each) => each.hosted?.costUsd ?? ZERO);
  const [selfHosted, api] = [spend, hosted].map((usd) => divide(multiply(sum(usd), MTOK), tokens));
  return selfHosted === undefined || api === undefined ? undefined : { selfHosted, hosted: api };
}

const MTOK = decimal('1000000');
