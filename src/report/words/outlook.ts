/** Knows what the next period holds: as this one, with its trends, and in the scenarios. */

import { decimal, isZero, negate } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import type { AuditAfterContracts, AuditOutlook } from '../../verdict/auditDecision.ts';
import { scenarioName } from '../copy/inputs.ts';
import { dollars, percent } from '../format.ts';
import { shownName, shownText } from '../label.ts';
import { currentWriting } from '../speaking.ts';
import { intervalText } from './odds.ts';
import { dayName, nextPeriod } from './period.ts';
import { capital } from './plan.ts';
import { isPlanMade, known } from './reading.ts';
import type { Table } from './table.ts';

const MOST_DEPLOYMENTS = 5;

/** `The next quarter`. */
export function outlookTitle(audit: Audit): string {
  return capital(nextPeriod(audit));
}

export function outlookLines(audit: Audit): string[] {
  const { outlook, bestPlan } = audit.stack;
  if (outlook === null) return [];
  const saves = isPlanMade(audit) ? 'the plan saves' : 'the best plan would save';
  const isChange = bestPlan.some(({ option }) => option !== 'keep');
  return [
    ...asLastLine(outlook, { period: nextPeriod(audit), saves }),
    trendLine(outlook, { whose: isChange ? ' of what it changes' : '', saves }),
    ...(hasTrend(outlook) ? [flipLine(outlook)] : []),
    ...deploymentLines(outlook),
  ];
}

interface Told {
  /** Of whose traffic the trends are. */
  readonly whose: string;
  /** A plan that is made saves; one that is not would. */
  readonly saves: string;
}

/** The interval is that of the period itself, not that of an average one. */
function asLastLine(
  { asLast, nextQuarter }: AuditOutlook,
  { period, saves }: { readonly period: string; readonly saves: string },
): string[] {
  const saving = known(asLast.base);
  if (saving === undefined || isZero(saving)) return [];
  const interval = nextQuarter === null ? '' : intervalText(nextQuarter);
  const aside = interval === '' ? '' : ` (${period}: ${interval})`;
  return [`With the same traffic and prices ${saves} ${dollars(saving)} again${aside}.`];
}

function trendLine(outlook: AuditOutlook, { whose, saves }: Told): string {
  const { withTrend } = outlook;
  if (withTrend === null) {
    return hasTrend(outlook)
      ? 'With the trends carried on no figure can be given: what is rented could not serve them.'
      : 'The weeks are too few, or too uneven, to tell a trend.';
  }
  const trends = [
    trendText('tokens', withTrend.tokensPerWeek),
    trendText('the hosted price', withTrend.hostedPricePerWeek),
  ].filter((text) => text !== '');
  const basis = trends.length === 0 ? '' : ` (${trends.join(', ')})`;
  const saving = dollars(decimal(withTrend.savingUsd));
  const asLast = known(outlook.asLast.base);
  const same = asLast !== undefined && dollars(asLast) === saving ? 'the same ' : '';
  return `With the trends${whose} carried on${basis} ${saves} ${same}${saving}.`;
}

/** `tokens +1.2% a week`. */
function trendText(what: string, perWeek: string | null): string {
  const change = known(perWeek);
  if (change === undefined) return '';
  if (isZero(change)) return `${what} level`;
  const share = percent(change.num < 0n ? negate(change) : change);
  return `${what} ${change.num < 0n ? 'down' : 'up'} ${share} a week`;
}

function hasTrend({ withTrend, deployments }: AuditOutlook): boolean {
  const trends = withTrend === null ? deployments : [withTrend, ...deployments];
  return trends.some(
    ({ tokensPerWeek, hostedPricePerWeek }) =>
      tokensPerWeek !== null || hostedPricePerWeek !== null,
  );
}

function flipLine({ flipsOn }: AuditOutlook): string {
  return flipsOn === null
    ? 'If the trends hold, the answer does not flip within a year.'
    : `If the trends hold, the answer flips on ${dayName(flipsOn)}.`;
}

/** Of a lone deployment its stack has told already. */
function deploymentLines({ deployments }: AuditOutlook): string[] {
  const flipping = deployments.filter(({ flipsOn }) => flipsOn !== null);
  if (deployments.length < 2 || flipping.length === 0) return [];
  const shown = flipping
    .toSorted((a, b) => ((a.flipsOn ?? '') < (b.flipsOn ?? '') ? -1 : 1))
    .slice(0, MOST_DEPLOYMENTS)
    .map(({ id, flipsOn }) => `${shownName(id)} on ${dayName(flipsOn ?? '')}`);
  const left = flipping.length - shown.length;
  const more = left > 0 ? ` and ${left} more, in report.json` : '';
  return [`On their own, these would flip first: ${shown.join(', ')}${more}.`];
}

/** On which day one deployment would flip by itself; nothing where it is not known to. */
export function flipDayOf({ stack: { outlook } }: Audit, id: string): string[] {
  const flipsOn = outlook?.deployments.find((each) => each.id === id)?.flipsOn ?? null;
  return flipsOn === null ? [] : [`If its trends hold, the answer flips on ${dayName(flipsOn)}.`];
}

/** What this plan and what the then cheapest one would save, scenario by scenario. */
export function scenarioTables(audit: Audit): Table[] {
  const { outlook } = audit.stack;
  const writing = currentWriting();
  if (outlook === null || outlook.scenarios.length === 0) return [];
  return [
    {
      title: 'Should prices move, with the same traffic',
      head: [
        'Scenario',
        isPlanMade(audit) ? 'This plan saves' : 'It would save',
        'Best plan then saves',
      ],
      rows: outlook.scenarios.map(({ name, detail, savingUsd, bestSavingUsd, afterContracts }) => ({
        cells: [
          capital(detail === undefined ? shownText(name, 60) : scenarioName(detail, writing)),
          dollars(decimal(savingUsd)),
          dollars(decimal(bestSavingUsd)),
        ],
        note: afterText(afterContracts, isPlanMade(audit) ? 'this plan saves' : 'it would save'),
      })),
      foot: '',
    },
  ];
}

/** A contract's price does not move before its end: what the change saves from then on. */
function afterText(after: AuditAfterContracts | null, saves: string): string {
  if (after === null) return '';
  const [saving, best] = [after.savingUsd, after.bestSavingUsd].map((usd) => dollars(decimal(usd)));
  const end = after.until === null ? '' : ` on ${dayName(after.until)}`;
  return `after the contract ends${end}: ${saves} ${saving}, the best plan ${best}`;
}
