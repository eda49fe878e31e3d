/** Renders what would change the verdict: its deciding assumption, and break-evens. */

import type { Audit } from '../../verdict/audit.ts';
import { reasonSentence } from '../copy/reasons.ts';
import { factSentence } from './completeAudit.ts';
import { knownAmount, mostExpensiveFirst, plannedChanges, type Situation } from './auditReading.ts';
import { breakEvenSentence } from './why.ts';
import type { Reader } from '../locale.ts';
import type { Exact } from '../../domain/exact.ts';
import type { Verdict } from '../../verdict/auditWord.ts';
import { dollars, likelyText, UNKNOWN } from '../format.ts';
import { shownName } from '../displayText.ts';

const MOST_BREAK_EVENS = 3;

/** Lines on what would change the verdict. Empty if there is nothing to decide. */
export function doubtLines(audit: Audit, situation: Situation, reader: Reader): string[] {
  if (situation === 'nothing' || situation === 'empty') return [];
  const { hangsOn, hangsOnDetail } = audit.stack;
  const doubt = { fact: hangsOnDetail ?? undefined, stored: hangsOn ?? '' };
  return [
    ...(hangsOn === null ? [] : [factSentence(doubt, reasonSentence, reader)]),
    ...laborLines(audit, reader),
    ...breakEvens(audit, situation, reader),
  ];
}

/** Break-even volumes of deployments without solved break-evens, which would state the same. */
function breakEvens(audit: Audit, situation: Situation, reader: Reader): string[] {
  const changing = plannedChanges(audit).map(({ deployment }) => deployment);
  const covered = situation === 'change' && changing.length === 1 ? changing : [];
  return mostExpensiveFirst(audit)
    .filter((deployment) => !covered.includes(deployment) && deployment.flips.length === 0)
    .map((each) => breakEvenSentence(each, reader))
    .filter((sentence) => sentence !== '')
    .slice(0, MOST_BREAK_EVENS);
}

const MOST_DEPLOYMENTS = 10;

const KEPT: ReadonlySet<Verdict> = new Set(['keep', 'keep (required)']);

/** Lines for the stack, then for each deployment if there are several. */
function laborLines(audit: Audit, reader: Reader): string[] {
  return [...stackLine(audit, reader), ...deploymentsLine(audit, reader)];
}

/** Engineering time is the largest cost that is assumed rather than billed. */
function stackLine({ stack }: Audit, reader: Reader): string[] {
  const { verdict, savingUsd, probability, withoutLabor } = stack;
  if (savingUsd.base === null || withoutLabor.savingUsd === null) return [];
  if (KEPT.has(verdict) && KEPT.has(withoutLabor.verdict)) {
    return ['The verdict is to keep, with or without engineering time.'];
  }
  const included = sideText({ verdict, savingUsd: savingUsd.base, probability }, reader);
  const without = sideText(withoutLabor, reader);
  return [
    verdict === withoutLabor.verdict
      ? `The verdict is "${verdict}" with engineering time (${included}) ` +
        `and without it (${without}).`
      : 'The verdict depends on engineering time. ' +
        `With it, the verdict is "${verdict}" (${included}). ` +
        `Without it, the verdict is "${withoutLabor.verdict}" (${without}).`,
  ];
}

type Side = Audit['stack']['withoutLabor'];

/** `saving $41,214, 96% likely`. Keeping has no probability. */
function sideText({ verdict, savingUsd, probability }: Side, reader: Reader): string {
  const likely = KEPT.has(verdict) ? '' : likelyText(probability, reader);
  return `saving ${amount(knownAmount(savingUsd), reader)}${likely === '' ? '' : `, ${likely}`}`;
}

/** Deployments' verdicts, most expensive first. Empty for audits of older versions. */
function deploymentsLine(audit: Audit, reader: Reader): string[] {
  const verdicts = mostExpensiveFirst(audit).flatMap(({ id, verdict, withoutLabor }) => {
    if (withoutLabor === null) return [];
    const other = withoutLabor.verdict === verdict ? '' : ` (with it "${verdict}")`;
    const saves = SAVING.has(withoutLabor.verdict) ? `, ${sideText(withoutLabor, reader)}` : '';
    return [`${shownName(id)} "${withoutLabor.verdict}"${other}${saves}`];
  });
  if (verdicts.length < 2) return [];
  const left = verdicts.length - MOST_DEPLOYMENTS;
  const shown = verdicts.slice(0, MOST_DEPLOYMENTS).join('; ');
  const more = left > 0 ? `; and ${left} more, in report.json` : '';
  return [`Verdicts without engineering time: ${shown}${more}.`];
}

/** Verdicts based on a saving. */
const SAVING: ReadonlySet<Verdict> = new Set([
  'delete',
  'hybrid',
  'serverless',
  'move',
  'right-size',
  'bring-back',
  'too small to act on',
  'not certain enough',
  'too close to call',
]);

function amount(value: Exact | undefined, reader: Reader): string {
  return value === undefined ? UNKNOWN : dollars(value, reader);
}
