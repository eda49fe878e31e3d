/** Renders the verdict in one line for the subject, and in one sentence for the headline. */

import { compare, type Exact, exact, multiply, toInteger } from '../../domain/exact.ts';
import type { AuditReading, Situation, DeploymentChange } from './auditReading.ts';
import { capital, shownName } from '../displayText.ts';
import type { Reader } from '../locale.ts';
import { changePhrase } from '../copy/changes.ts';
import { dollars, likelyText, counted, listed } from '../format.ts';

export interface HeadlineText {
  /** Subject after the period: `delete chat; save $41,200 a quarter (96% likely)`. */
  readonly finding: string;
  /** Variants with fewer names, longest first, for shorter subjects. */
  readonly findings?: readonly string[];
  readonly headline: string;
}

/** Renders the verdict with as many deployment names as fit. */
export function renderHeadline(audit: AuditReading, reader: Reader): HeadlineText {
  const { finding, headline } = ANSWERS[audit.situation](audit, reader);
  const findings = NAMED.map(finding);
  return {
    finding: findings.find((text) => text.length <= MOST_CHARACTERS) ?? findings.at(-1) ?? '',
    findings,
    headline: capital(
      NAMED.map(headline).find((text) => wordCount(text) <= MOST_WORDS) ?? headline(0),
    ),
  };
}

/** Numbers of deployments to name, tried in order. Others are counted. */
const NAMED = [3, 2, 1, 0];

/** Maximum words of a headline. */
const MOST_WORDS = 25;

/** Characters that `Rent check Q3 2026: ` leaves of a 110-character subject. */
const MOST_CHARACTERS = 90;

/** Finding and headline with at most `most` names. */
interface HeadlineTexts {
  readonly finding: (most: number) => string;
  readonly headline: (most: number) => string;
}

const always = (text: string) => () => text;

const ANSWERS: Readonly<Record<Situation, (audit: AuditReading, reader: Reader) => HeadlineTexts>> =
  {
    nothing: () => ({
      finding: always('no deployment to audit'),
      headline: always(
        'No deployment is configured and no GPU spend was billed in this period, so there is ' +
          'nothing to decide.',
      ),
    }),
    empty: (audit, reader) => ({
      finding: always('no bills and no usage recorded'),
      headline: (most) =>
        `No bills and no usage are recorded for ` +
        `${names(audit, most, reader)} in this period, so there is ` +
        'nothing to decide yet.',
    }),
    'no evidence': (audit, reader) => ({
      finding: (most) =>
        `not enough evidence on ${names(audit, most, reader)}; ` +
        `${spend(audit, reader)} ${audit.perPeriod} undecided`,
      headline: (most) =>
        `Not enough evidence for a verdict on ${names(audit, most, reader)}: ` +
        `${amountPerPeriod(audit, audit.totals.spendUsd, reader)} is undecided.`,
    }),
    'too small': unchanged,
    'not certain': unchanged,
    close: unchanged,
    keep: (audit, reader) => ({
      finding: (most) =>
        `keep ${names(audit, most, reader)} at ${spend(audit, reader)} ${audit.perPeriod}`,
      headline: (most) =>
        `Keep ${names(audit, most, reader)} at ` +
        `${amountPerPeriod(audit, audit.totals.spendUsd, reader)}: ${keepReason(audit, reader)}.`,
    }),
    change: changed,
  };

function changed(audit: AuditReading, reader: Reader): HeadlineTexts {
  const changes = audit.changes;
  const saving = audit.stack.savingUsd.base;
  const likely = likelyText(audit.stack.probability, reader);
  const phrase = (joint: 'and' | 'comma') => (most: number) =>
    changesPhrase(changes, { most, joint }, reader) || audit.stack.verdict;
  if (saving === undefined) {
    return {
      finding: phrase('comma'),
      headline: (most) => `${phrase('and')(most)}: the saving is unknown.`,
    };
  }
  const aside = likely === '' ? '' : ` (${likely})`;
  const tail = likely === '' ? '' : `, ${likely}`;
  return {
    finding: (most) =>
      `${phrase('comma')(most)}; save ${dollars(saving, reader)} ${audit.perPeriod}${aside}`,
    headline: (most) =>
      `${phrase('and')(most)}: saves ${amountPerPeriod(audit, saving, reader)}${tail}.`,
  };
}

/** The best change is known, but not advised. */
function unchanged(audit: AuditReading, reader: Reader): HeadlineTexts {
  const saving = audit.stack.savingUsd.base;
  if (saving === undefined || saving.num <= 0n) {
    return {
      finding: (most) =>
        `keep ${names(audit, most, reader)} at ${spend(audit, reader)} ${audit.perPeriod}`,
      headline: (most) =>
        `Keep ${names(audit, most, reader)} at ` +
        `${amountPerPeriod(audit, audit.totals.spendUsd, reader)}: no change clearly saves ` +
        'money.',
    };
  }
  const chance = likelyText(audit.stack.probability, reader);
  const likely = chance === '' ? '' : `, ${chance}`;
  const aside = chance === '' ? '' : ` (${chance})`;
  const [why, short] = objection(audit);
  return {
    finding: (most) =>
      `keep ${names(audit, most, reader)}; ${dollars(saving, reader)} ` +
      `${audit.perPeriod}${aside} ${short}`,
    headline: (most) =>
      `Keep ${names(audit, most, reader)}: the best change ` +
      `saves ${amountPerPeriod(audit, saving, reader)}${likely}, ${why}.`,
  };
}

/** The objection for the headline, and a short one for the subject. */
function objection({ stack }: AuditReading): readonly [why: string, short: string] {
  if (stack.leaning !== null) {
    return ['but must first hold for another quarter', 'must hold for another quarter'];
  }
  return stack.verdict === 'too small to act on'
    ? ['too small to act on', 'is too small to act on']
    : ['not certain enough to act on', 'is not certain enough'];
}

/**
 * Why keeping is best. If the most likely change is known: `no change is more than 4% likely to
 * save money`. A change that is held back, or that would save money by itself, has another reason,
 * which the appendix states.
 */
function keepReason({ deployments }: AuditReading, reader: Reader): string {
  if (deployments.every(({ verdict }) => verdict === 'keep (required)')) {
    return deployments.length === 1 ? 'a waiver requires it' : 'waivers require it';
  }
  const free = deployments.filter(({ verdict }) => verdict !== 'keep (required)');
  const chances = free.map(({ probability }) => probability);
  const likeliest = chances.reduce<Exact | undefined>(
    (most, each) => (each !== undefined && (!most || compare(each, most) > 0) ? each : most),
    undefined,
  );
  const isPlain =
    likeliest !== undefined &&
    compare(likeliest, HALF) < 0 &&
    chances.every((each) => each !== undefined) &&
    free.every(({ decision }) => !decision?.heldBack);
  if (!isPlain) return 'no change is worth its cost';
  const percents = toInteger(multiply(likeliest, HUNDRED), 'ceiling');
  const share = reader.percent(String(percents < 1n ? 1n : percents));
  return `no change is more than ${share} likely to save money`;
}

const HALF = exact(1n, 2n);
const HUNDRED = exact(100n);

/** `$19,627 a quarter ($78,509 a year)`. For another period: `$1,200 over 45 days`. */
export function amountPerPeriod(audit: AuditReading, usd: Exact, reader: Reader): string {
  const amount = `${dollars(usd, reader)} ${audit.perPeriod}`;
  if (!audit.isWholeQuarter) return amount;
  return `${amount} (${dollars(yearlyAmount(usd), reader)} a year)`;
}

/** Quarters in a year. */
const QUARTERS = exact(4n);

/** The amount of a year at that of a quarter. */
export function yearlyAmount(usd: Exact): Exact {
  return multiply(usd, QUARTERS);
}

/** Deployment names, most expensive first. */
function names(audit: AuditReading, most: number, reader: Reader): string {
  return namesPhrase(
    audit.mostExpensiveFirst.map(({ id }) => id),
    most,
    reader,
  );
}

function spend(audit: AuditReading, reader: Reader): string {
  return dollars(audit.totals.spendUsd, reader);
}

/** Counts words: runs between spaces with a letter or a digit. */
export function wordCount(text: string): number {
  return text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}

const DATE = /\b(?:\d{4}-\d{2}-\d{2}|\p{L}{3} \d{1,2}, \d{4}|\d{1,2}\.? \p{L}{3} \d{4})\b/gu;

const RANGE = /(?<= )[-\p{Sc}\p{N}.,\u00a0]+ to (?=-?\p{Sc}?\p{N})/gu;

/** Counts numbers: amounts, shares, counts, days and ranges. Digits in names do not count. */
export function numberCount(text: string): number {
  const days = text.match(DATE)?.length ?? 0;
  const rest = text
    .replace(DATE, ' ')
    .replace(RANGE, '')
    .match(/(?<![\p{L}\p{N}_./,-])\p{N}[\p{N}.,]*/gu);
  return days + (rest?.length ?? 0);
}

interface PhraseOptions {
  /** Maximum number of named deployments. Others are counted. */
  readonly most: number;
  readonly joint: 'and' | 'comma';
}

/**
 * The plan in one phrase, grouped by option in the order of the changes: `cap code and delete
 * docs`, `delete a, b and 12 more`. If the unnamed ones change in other ways: `delete a and change
 * 12 more`. Empty if nothing changes.
 */
function changesPhrase(
  changes: readonly DeploymentChange[],
  { most, joint }: PhraseOptions,
  reader: Reader,
): string {
  const [shown, rest] = [changes.slice(0, most), changes.slice(most)];
  if (shown.length === 0) {
    return rest.length === 0 ? '' : `change ${counted(rest.length, 'deployment', reader)}`;
  }
  const kinds = [...Map.groupBy(shown, ({ option }) => option)];
  const last = kinds.at(-1)?.[0];
  const isAlike = rest.every(({ option }) => option === last);
  const clauses = kinds.map(([option, group], at) => {
    const names = group.map(({ deployment }) => shownName(deployment.id));
    const more = isAlike && at === kinds.length - 1 ? moreText(rest.length) : [];
    return changePhrase(option, listed([...names, ...more]));
  });
  const all = isAlike ? clauses : [...clauses, `change ${rest.length} more`];
  if (joint === 'comma') return all.join(', ');
  // A clause that contains "and" needs a comma before the next one.
  return all.some((clause) => clause.includes(' and ')) && all.length > 1
    ? `${all.slice(0, -1).join(', ')}, and ${all.at(-1) ?? ''}`
    : listed(all);
}

/** `chat-70b`, `a and b`, `a, b and 12 more`. Without any names: `14 deployments`. */
function namesPhrase(ids: readonly string[], most: number, reader: Reader): string {
  if (most === 0) return counted(ids.length, 'deployment', reader);
  return listed([...ids.slice(0, most).map(shownName), ...moreText(ids.length - most)]);
}

function moreText(count: number): string[] {
  return count > 0 ? [`${count} more`] : [];
}
