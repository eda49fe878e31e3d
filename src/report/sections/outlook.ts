/** Renders the outlook: the same traffic and prices, trends, and changed prices. */

import { isZero, negate, type Exact } from '../../domain/exact.ts';
import type { ScenarioDetail } from '../../verdict/sensitivity/inputEffect.ts';
import { isKnownScenario, scenarioName } from '../copy/inputs.ts';
import type { Reader } from '../locale.ts';
import type { AuditReading } from './auditReading.ts';
import type { AuditOutlook, AuditAfterContracts } from '../../verdict/auditDecision.ts';
import type { Reading } from './storedAmounts.ts';
import { shownName, shownText, capital } from '../displayText.ts';
import { dollars, intervalText, percent, dayName } from '../format.ts';
import type { ReportTable } from './table.ts';

const MOST_DEPLOYMENTS = 5;

/** `The next quarter`. */
export function outlookTitle(audit: AuditReading): string {
  return capital(audit.nextPeriod);
}

export function outlookLines(audit: AuditReading, reader: Reader): string[] {
  const { outlook, bestPlan } = audit.stack;
  if (outlook === null) return [];
  const saves = savesText(audit);
  const isChange = bestPlan.some(({ option }) => option !== 'keep');
  return [
    ...unchangedLine(outlook, { period: audit.nextPeriod, saves }, reader),
    trendLine(
      outlook,
      {
        subject: isChange ? 'the trends of the deployments to change' : 'trends',
        saves,
      },
      reader,
    ),
    ...(hasTrend(outlook) ? [answerChangeLine(outlook, reader)] : []),
    ...deploymentLines(outlook, reader),
  ];
}

/** An advised plan saves, any other one would save. */
function savesText(audit: AuditReading): string {
  return audit.isPlanMade ? 'the plan saves' : 'the best plan would save';
}

interface TrendPhrase {
  /** `trends`, or those of the deployments to change. */
  readonly subject: string;
  readonly saves: string;
}

/** The interval is that of the period itself, not of an average. */
function unchangedLine(
  { asLast, nextQuarter }: Reading<AuditOutlook>,
  { period, saves }: { readonly period: string; readonly saves: string },
  reader: Reader,
): string[] {
  const saving = asLast.base;
  if (saving === undefined || isZero(saving)) return [];
  const interval = nextQuarter === null ? '' : intervalText(nextQuarter, reader);
  const aside = interval === '' ? '' : ` (${interval} in ${period})`;
  return [
    `If traffic and prices stay the same, ${saves} ${dollars(saving, reader)} again${aside}.`,
  ];
}

function trendLine(
  outlook: Reading<AuditOutlook>,
  { subject, saves }: TrendPhrase,
  reader: Reader,
): string {
  const { withTrend } = outlook;
  if (withTrend === null) {
    return hasTrend(outlook)
      ? 'The saving with trends is unknown, because the rented GPUs could not serve that traffic.'
      : 'No trend is known, because the weeks are too few or too uneven.';
  }
  const trends = [
    trendText('tokens', withTrend.tokensPerWeek, reader),
    trendText('hosted prices', withTrend.hostedPricePerWeek, reader),
  ].filter((text) => text !== '');
  const basis = trends.length === 0 ? '' : ` (${trends.join(', ')})`;
  const saving = dollars(withTrend.savingUsd, reader);
  const asLast = outlook.asLast.base;
  const same = asLast !== undefined && dollars(asLast, reader) === saving ? 'the same ' : '';
  return `If ${subject} continue${basis}, ${saves} ${same}${saving}.`;
}

/** `tokens up 1.2% a week`. */
function trendText(what: string, change: Exact | undefined, reader: Reader): string {
  if (change === undefined) return '';
  if (isZero(change)) return `${what} flat`;
  const share = percent(change.num < 0n ? negate(change) : change, reader);
  return `${what} ${change.num < 0n ? 'down' : 'up'} ${share} a week`;
}

function hasTrend({ withTrend, deployments }: Reading<AuditOutlook>): boolean {
  return [withTrend, ...deployments].some(
    (trend) => trend?.tokensPerWeek !== undefined || trend?.hostedPricePerWeek !== undefined,
  );
}

function answerChangeLine({ flipsOn }: Reading<AuditOutlook>, reader: Reader): string {
  return flipsOn === null
    ? 'If trends continue, the verdict stays the same for a year.'
    : `If trends continue, the verdict changes on ${dayName(flipsOn, reader)}.`;
}

/** Lines for deployments. Empty for a single one, because the stack's line suffices. */
function deploymentLines({ deployments }: Reading<AuditOutlook>, reader: Reader): string[] {
  const changing = deployments.filter(({ flipsOn }) => flipsOn !== null);
  if (deployments.length < 2 || changing.length === 0) return [];
  const shown = changing
    .toSorted((a, b) => ((a.flipsOn ?? '') < (b.flipsOn ?? '') ? -1 : 1))
    .slice(0, MOST_DEPLOYMENTS)
    .map(({ id, flipsOn }) => `${shownName(id)} on ${dayName(flipsOn ?? '', reader)}`);
  const left = changing.length - shown.length;
  const more = left > 0 ? ` and ${left} more, in report.json` : '';
  return [`For single deployments, the verdict changes first: ${shown.join(', ')}${more}.`];
}

/** The day on which one deployment's verdict would change. Empty if unknown. */
export function breakEvenDayLines(
  { stack: { outlook } }: AuditReading,
  id: string,
  reader: Reader,
): string[] {
  const flipsOn = outlook?.deployments.find((each) => each.id === id)?.flipsOn ?? null;
  if (flipsOn === null) return [];
  return [`If its trends continue, the verdict changes on ${dayName(flipsOn, reader)}.`];
}

/** What this plan, and the cheapest plan, would save in each scenario. */
export function scenarioTables(audit: AuditReading, reader: Reader): ReportTable[] {
  const { outlook } = audit.stack;
  if (outlook === null || outlook.scenarios.length === 0) return [];
  return [
    {
      title: 'If prices change, with the same traffic',
      head: [
        'Scenario',
        audit.isPlanMade ? 'This plan saves' : 'This plan would save',
        'Cheapest plan saves',
      ],
      rows: outlook.scenarios.map(({ name, detail, savingUsd, bestSavingUsd, afterContracts }) => ({
        cells: [
          capital(scenarioText(name, detail, reader)),
          dollars(savingUsd, reader),
          dollars(bestSavingUsd, reader),
        ],
        note: afterText(
          afterContracts,
          audit.isPlanMade ? 'this plan saves' : 'this plan would save',
          reader,
        ),
      })),
      foot: '',
    },
  ];
}

/** Name of a scenario. Other versions may have stored only a name. */
function scenarioText(name: string, detail: ScenarioDetail | undefined, reader: Reader): string {
  const isKnown = detail !== undefined && isKnownScenario(detail);
  return isKnown ? scenarioName(detail, reader) : shownText(name, 60, reader);
}

/** The savings after a contract ends, because its price does not change before. */
function afterText(
  after: Reading<AuditAfterContracts> | null,
  saves: string,
  reader: Reader,
): string {
  if (after === null) return '';
  const [saving, best] = [after.savingUsd, after.bestSavingUsd].map((usd) => dollars(usd, reader));
  const end = after.until === null ? '' : ` on ${dayName(after.until, reader)}`;
  return `after the contract ends${end}: ${saves} ${saving}, the cheapest plan ${best}`;
}
