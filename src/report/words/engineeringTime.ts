/** Renders the verdicts with and without engineering time. */

import type { Exact } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import type { Verdict } from '../../verdict/auditWord.ts';
import { dollars, UNKNOWN } from '../format.ts';
import { shownName } from '../label.ts';
import { likelyText } from './odds.ts';
import { mostExpensiveFirst, knownAmount } from './reading.ts';
import type { Reader } from '../locale.ts';

const MOST_DEPLOYMENTS = 10;

const KEPT: ReadonlySet<Verdict> = new Set(['keep', 'keep (required)']);

/** Lines for the stack, then for each deployment if there are several. */
export function laborLines(audit: Audit, reader: Reader): string[] {
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
