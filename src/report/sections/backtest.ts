/**
 * Renders the backtest: the previous forecast and the measured saving, and what became of the
 * advice.
 */

import { compare, type Exact, negate } from '../../domain/exact.ts';
import type { Verdict } from '../../verdict/auditWord.ts';
import { adviceText } from '../copy/advice.ts';
import { dollars, intervalText, tokenCount, quarterName } from '../format.ts';
import { shownName } from '../displayText.ts';
import { factSentence } from './completeAudit.ts';
import type { Reader } from '../locale.ts';
import { priceText } from './mainFigures.ts';
import type { AuditReading } from './auditReading.ts';
import type { AuditBacktest } from '../../verdict/auditDecision.ts';
import type { Reading } from './storedAmounts.ts';

const MOST_ADVICE = 6;

/** Lines on the previous forecast and its advice. Empty without a previous audit. */
export function backtestLines({ stack: { lookBack } }: AuditReading, reader: Reader): string[] {
  if (lookBack === null) return [];
  const { advice } = lookBack;
  const left = advice.length - MOST_ADVICE;
  return [
    forecastLine(lookBack, reader),
    ...advice.slice(0, MOST_ADVICE).map((each) => adviceLine(each, reader)),
    ...(left > 0 ? [`And ${left} more, in report.json.`] : []),
    ...realizedLine(lookBack.realizedUsd, reader),
  ];
}

/** What became of the advice on one deployment. */
export function adviceLines(
  { stack: { lookBack } }: AuditReading,
  id: string,
  reader: Reader,
): string[] {
  const given = lookBack?.advice.filter(({ deployment }) => deployment === id) ?? [];
  return given.map((each) => adviceLine(each, reader));
}

function forecastLine(
  { quarter, forecastUsd, measuredUsd: measured, isInInterval }: Reading<AuditBacktest>,
  reader: Reader,
): string {
  const who =
    quarter === null ? 'The previous audit' : `The ${shownName(quarterName(quarter))} audit`;
  const expected = forecastUsd.base;
  const expectedText =
    expected === undefined ? 'no saving' : `a saving of ${dollars(expected, reader)}`;
  const interval = intervalText(forecastUsd, reader);
  const forecast = `${who} forecast ${expectedText}${interval === '' ? '' : ` (${interval})`}.`;
  if (measured === undefined) return `${forecast} The actual saving cannot be measured.`;
  const place = isInInterval === null ? '' : `, ${isInInterval ? 'inside' : 'outside'} that range`;
  const saving = `the saving of that plan is ${dollars(measured, reader)}${place}`;
  return `${forecast} Measured in this period, ${saving}.`;
}

type Advice = Reading<AuditBacktest>['advice'][number];

function adviceLine(advice: Advice, reader: Reader) {
  const { deployment, verdict, taken, forecastUsd, measuredUsd } = advice;
  const figures = [
    amountText('forecast', forecastUsd, reader),
    amountText(taken === true ? 'actual' : 'it would have been', measuredUsd, reader),
  ].filter((text) => text !== '');
  const what = `${shownName(deployment)}: ${takenText(verdict, taken)}.`;
  const saving = figures.length === 0 ? '' : `Saving: ${figures.join(', ')}.`;
  return [what, saving, noteText(advice, reader)].filter((text) => text !== '').join(' ');
}

/** Notes on the advice. Audits of older versions have only sentences. */
function noteText({ note, noteDetails }: Advice, reader: Reader): string {
  return note === '' ? '' : factSentence({ fact: noteDetails, stored: note }, adviceText, reader);
}

const NO_ADVICE: ReadonlySet<Verdict> = new Set([
  'too small to act on',
  'not certain enough',
  'too close to call',
  'not enough evidence',
]);

function takenText(verdict: Verdict, taken: boolean | null): string {
  if (NO_ADVICE.has(verdict)) return `no change was advised ("${verdict}")`;
  const advised = `"${verdict}" was advised`;
  if (taken === null) return `${advised}, and it is unknown whether it was done`;
  return taken ? `${advised} and done` : `${advised} and not done`;
}

function amountText(what: string, usd: Exact | undefined, reader: Reader): string {
  return usd === undefined ? '' : `${what} ${dollars(usd, reader)}`;
}

function realizedLine(realized: Exact | undefined, reader: Reader): string[] {
  if (realized === undefined) return [];
  return [
    realized.num < 0n
      ? `Where changes were made, the bills rose by ${dollars(negate(realized), reader)}.`
      : `Where changes were made, the bills fell by ${dollars(realized, reader)}.`,
  ];
}

/** Lines on the changes. Empty without a previous audit. */
export function changesSinceLines(
  previous: AuditReading | undefined,
  audit: AuditReading,
  reader: Reader,
): string[] {
  if (previous === undefined) return [];
  const [before, now] = [previous.totals, audit.totals];
  const spend = `${dollars(before.spendUsd, reader)} to ${dollars(now.spendUsd, reader)}`;
  const tokens = `${tokenCount(before.tokens, reader)} to ${tokenCount(now.tokens, reader)}`;
  const selfHosted = moved(before.effectiveUsdPerMtok, now.effectiveUsdPerMtok, reader);
  const hosted = moved(before.hostedUsdPerMtok, now.hostedUsdPerMtok, reader);
  return [
    `Spend went from ${spend}, and tokens from ${tokens}.`,
    `The price per million tokens went from ${selfHosted} self-hosted, and from ${hosted} hosted.`,
    ...verdictChangeLines(previous, audit),
  ];
}

const MOST_CHANGES = 10;

/** A deployment's change, and the phrase for several of the same kind. */
interface VerdictChange {
  readonly spend: Exact;
  readonly text: string;
  readonly countText: (count: number) => string;
}

/** Changed verdicts. If there are many: those with the most spend, and counts of the others. */
function verdictChangeLines(previous: AuditReading, audit: AuditReading): string[] {
  const changes = findVerdictChanges(previous, audit);
  if (changes.length <= MOST_CHANGES) return changes.map(({ text }) => text);
  const large = changes.toSorted((a, b) => compare(b.spend, a.spend));
  const rest = large.slice(MOST_CHANGES);
  const kinds = Map.groupBy(rest, ({ countText }) => countText(0));
  const counts = [...kinds.values()]
    .toSorted((a, b) => b.length - a.length)
    .map((alike) => alike[0]?.countText(alike.length));
  return [
    ...large.slice(0, MOST_CHANGES).map(({ text }) => text),
    `And ${rest.length} more: ${counts.join(', ')}.`,
  ];
}

function findVerdictChanges(previous: AuditReading, audit: AuditReading): VerdictChange[] {
  const before = new Map(previous.deployments.map(({ id, verdict }) => [id, verdict]));
  const now = new Set(audit.deployments.map(({ id }) => id));
  const gone = previous.deployments.filter(({ id }) => !now.has(id));
  const current = audit.deployments.flatMap(({ id, verdict, spendUsd: spend }): VerdictChange[] => {
    const [old, name] = [before.get(id), shownName(id)];
    if (old === undefined)
      return [
        { spend, text: `${name} is new, with the verdict "${verdict}".`, countText: newText },
      ];
    const phrase = `changed from "${old}" to "${verdict}"`;
    const countText = (count: number) => `${count} ${phrase}`;
    return old === verdict ? [] : [{ spend, text: `${name} ${phrase}.`, countText }];
  });
  const left = gone.map(({ id, verdict, spendUsd }): VerdictChange => {
    const text = `${shownName(id)} is no longer audited. Its last verdict was "${verdict}".`;
    return { spend: spendUsd, text, countText: goneText };
  });
  return [...current, ...left];
}

function newText(count: number): string {
  return `${count} ${count === 1 ? 'is' : 'are'} new`;
}

function goneText(count: number): string {
  return `${count} ${count === 1 ? 'is' : 'are'} no longer audited`;
}

function moved(before: Exact | undefined, now: Exact | undefined, reader: Reader): string {
  return `${priceText(before, reader)} to ${priceText(now, reader)}`;
}
