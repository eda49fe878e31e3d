/** Renders common rules of thumb for self-hosting, compared with this stack's figures. */

import { compare, type Exact, ONE } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import { percent, tokenCount } from '../format.ts';
import { shownName } from '../label.ts';
import { mostExpensiveFirst, knownAmount, findOption, type Situation } from './reading.ts';
import type { Reader } from '../locale.ts';

const RULE_TOKENS_PER_DAY = 10_000_000;
const MOST_DEPLOYMENTS = 5;

export function ruleOfThumbLines(audit: Audit, situation: Situation, reader: Reader): string[] {
  if (situation === 'nothing' || situation === 'empty') return [];
  return [tokensLine(audit, reader), ...serverlessRuleLines(audit, reader)];
}

function tokensLine({ totals }: Audit, reader: Reader): string {
  const daily = tokenCount(totals.tokensPerDay, reader);
  const side = totals.tokensPerDay < RULE_TOKENS_PER_DAY ? 'below' : 'above';
  const least = tokenCount(RULE_TOKENS_PER_DAY, reader);
  return (
    `The stack serves ${daily} tokens a day, ${side} ${least}. ` +
    `The rule of thumb: with fewer than ${least} a day, most teams should not self-host.`
  );
}

/** Rented replicas compared with serverless: each deployment's break-even and the rule of thumb. */
export function serverlessRuleLines(audit: Audit, reader: Reader): string[] {
  return mostExpensiveFirst(audit)
    .flatMap((deployment) => {
      const detail = findOption(deployment, 'serverless')?.detail;
      const [own, share] = [knownAmount(detail?.breakEvenShare), knownAmount(detail?.workerShare)];
      return own === undefined || share === undefined
        ? []
        : [replicaVersusServerless(shownName(deployment.id), own, share, reader)];
    })
    .slice(0, MOST_DEPLOYMENTS);
}

/** A replica at $1.50/h and workers at $1.80/h have a break-even of 83%. */
function replicaVersusServerless(name: string, own: Exact, share: Exact, reader: Reader): string {
  const cheaper = compare(share, own) < 0 ? 'serverless costs less' : 'a replica costs no more';
  const thumb = `The rule of thumb is a break-even at 30–${reader.percent('40')}.`;
  const aside = 'without engineering time';
  if (compare(own, ONE) > 0 && compare(share, own) < 0) {
    return (
      `${name}: a replica costs more than serverless at any load, ${aside}. ` +
      `Its hour costs ${percent(own, reader)} of a serverless worker's hour. ${thumb}`
    );
  }
  return (
    `${name}: ${aside}, a replica costs less than serverless if its work takes more than ` +
    `${percent(own, reader)} of the paid time. Its work ` +
    `takes ${percent(share, reader)}, so ${cheaper}. ${thumb}`
  );
}
