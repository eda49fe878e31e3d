/** Knows the rules of thumb by which stacks are commonly judged, and where this one stands. */

import { compare, type Exact, ONE } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import { percent, tokenCount } from '../format.ts';
import { currentWriting } from '../speaking.ts';
import { shownName } from '../label.ts';
import { dearestFirst, known, optionOf, type Situation } from './reading.ts';

const THUMB_TOKENS_PER_DAY = 10_000_000;
const MOST_DEPLOYMENTS = 5;

export function thumbLines(audit: Audit, situation: Situation): string[] {
  if (situation === 'nothing' || situation === 'empty') return [];
  return [tokensLine(audit), ...podLines(audit)];
}

function tokensLine({ totals }: Audit): string {
  const daily = tokenCount(totals.tokensPerDay);
  const side = totals.tokensPerDay < THUMB_TOKENS_PER_DAY ? 'below' : 'above';
  const thumb = `${tokenCount(THUMB_TOKENS_PER_DAY)} under which most teams should not self-host`;
  return `The stack serves ${daily} tokens a day, ${side} the ${thumb}.`;
}

/** Pods against serverless: each deployment's own number beside the common one. */
export function podLines(audit: Audit): string[] {
  return dearestFirst(audit)
    .flatMap((deployment) => {
      const detail = optionOf(deployment, 'serverless')?.detail;
      const [own, share] = [known(detail?.breakEvenShare), known(detail?.workerShare)];
      return own === undefined || share === undefined
        ? []
        : [standingText(shownName(deployment.id), own, share)];
    })
    .slice(0, MOST_DEPLOYMENTS);
}

/** A pod at $1.50/h against workers at $1.80/h has a break-even of 83%. */
function standingText(name: string, own: Exact, share: Exact): string {
  const cheaper = compare(share, own) < 0 ? 'serverless costs less' : 'pods cost no more';
  const forty = currentWriting().percent('40');
  if (compare(own, ONE) > 0 && compare(share, own) < 0) {
    return (
      `${name}: a pod costs more than serverless at any use, for its hour costs ` +
      `${percent(own)} of a worker's (the rule of thumb says from 30–${forty} of its paid time ` +
      "on a pod pays), people's time aside."
    );
  }
  return (
    `${name}: a pod costs no more than serverless from ${percent(own)} of its paid time on, ` +
    `where the rule of thumb says 30–${forty}. Its work takes ${percent(share)}, so ${cheaper}, ` +
    "people's time aside."
  );
}
