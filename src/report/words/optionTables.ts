/** Knows every option of the dearest deployments: cost, saving, interval, odds, and its parts. */

import { decimal, isZero } from '../../domain/exact.ts';
import type { OptionName } from '../../economics/offer.ts';
import type { Audit } from '../../verdict/audit.ts';
import type { AuditDeployment, AuditOption } from '../../verdict/auditDeployment.ts';
import { dollars, UNKNOWN } from '../format.ts';
import { shownName, shownText } from '../label.ts';
import { medianHost } from './medianHosts.ts';
import { oddsText, rangeText } from './odds.ts';
import { optionDetail } from './optionDetail.ts';
import { dearestFirst, known } from './reading.ts';
import type { Table, TableRow } from './table.ts';

const MOST_DEPLOYMENTS = 4;
const NOTHING = '\u2013';

export function optionLines({ stack, deployments }: Audit): string[] {
  const left = deployments.length - MOST_DEPLOYMENTS;
  const drawn =
    'The interval holds 90% of the drawn outcomes; ' +
    'the odds are those of being cheaper than keeping.';
  return [
    'Every option serves the same traffic; the saving is against keeping. ' +
      'The time of people that any stack takes once is in none of them.',
    ...(stack.draws === 0 ? [] : [drawn]),
    ...(left > 0 ? [`The dearest ${MOST_DEPLOYMENTS} are here, ${left} more in report.json.`] : []),
  ];
}

export function optionTables(audit: Audit): Table[] {
  return dearestFirst(audit).slice(0, MOST_DEPLOYMENTS).map(optionTable);
}

function optionTable(deployment: AuditDeployment): Table {
  const priced = deployment.options.filter(({ costUsd }) => costUsd !== null);
  const unpriced = deployment.options.filter(({ costUsd }) => costUsd === null);
  return {
    title: shownName(deployment.id),
    head: ['Option', 'Cost', 'Saving', 'Interval', 'Odds'],
    rows: priced.map((option) => optionRow(option, deployment)),
    foot: [unpricedText(unpriced), medianHost(deployment)].filter((text) => text !== '').join(' '),
  };
}

function unpricedText(unpriced: readonly AuditOption[]): string {
  return unpriced.length === 0 ? '' : `Not priced: ${unpriced.map(reasonText).join('; ')}.`;
}

function reasonText({ option, detail }: AuditOption): string {
  const { reason } = detail;
  return reason === undefined ? option : `${option} (${shownText(reason, 160).replace(/\.$/, '')})`;
}

function optionRow(figures: AuditOption, deployment: AuditDeployment): TableRow {
  const notes = [warningText(figures.option), optionDetail(figures, deployment), parts(figures)];
  return {
    cells: [figures.option, amount(figures.costUsd), ...against(figures)],
    note: notes.filter((text) => text !== '').join('; '),
  };
}

/** What changes nothing has neither an interval nor odds. */
function against({ option, savingUsd, low, high, probability }: AuditOption): string[] {
  const [saving, odds] = [known(savingUsd), known(probability)];
  if (option === 'keep') return [NOTHING, NOTHING, NOTHING];
  const isSame = saving !== undefined && isZero(saving) && low === high;
  if (isSame || odds === undefined) return [amount(savingUsd), NOTHING, NOTHING];
  return [amount(savingUsd), rangeText({ low, high }) || amount(low), oddsText(odds)];
}

function amount(usd: string | null): string {
  const value = known(usd);
  return value === undefined ? UNKNOWN : dollars(value);
}

/** Spot capacity is priced for comparison alone. */
function warningText(option: OptionName): string {
  return option === 'spot' ? 'not advised: it can be taken away' : '';
}

const PARTS = [
  ['GPU', 'gpuUsd'],
  ['storage', 'storageUsd'],
  ['other rent', 'otherUsd'],
  ['hosted tokens', 'hostedUsd'],
  ["people's time", 'laborUsd'],
  ['owed for nothing', 'strandedUsd'],
  ['the change itself', 'migrationUsd'],
] as const;

/** What the cost sums from; one part alone is the cost itself. */
function parts(figures: AuditOption): string {
  const told = PARTS.flatMap(([name, field]) => {
    const usd = figures[field];
    return usd === null || isZero(decimal(usd)) ? [] : [`${name} ${dollars(decimal(usd))}`];
  });
  return told.length > 1 ? told.join(', ') : '';
}
