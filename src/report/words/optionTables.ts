/** Knows every option of a deployment: cost, saving, interval, odds, and its parts. */

import type { OptionName } from '../../economics/offer.ts';
import type { Audit } from '../../verdict/audit.ts';
import type { AuditDeployment, AuditOption } from '../../verdict/auditDeployment.ts';
import { currentWriting } from '../speaking.ts';
import { shownText } from '../label.ts';
import { againstKeeping, amount, partsText } from './costParts.ts';
import { medianHost } from './medianHosts.ts';
import { optionDetail } from './optionDetail.ts';
import type { Table, TableRow } from './table.ts';

export function optionLines({ stack }: Audit): string[] {
  const drawn =
    `The interval holds ${currentWriting().percent('90')} of the drawn outcomes; ` +
    'the odds are those of being cheaper than keeping.';
  return [
    'Every option serves the same traffic; the saving is against keeping. ' +
      'The time of people that any stack takes once is in none of them.',
    ...(stack.draws === 0 ? [] : [drawn]),
  ];
}

/** All that were weighed for one deployment; why one has no price stands below. */
export function optionTable(deployment: AuditDeployment): Table {
  const priced = deployment.options.filter(({ costUsd }) => costUsd !== null);
  const unpriced = deployment.options.filter(({ costUsd }) => costUsd === null);
  return {
    title: '',
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
  const notes = [
    warningText(figures.option),
    optionDetail(figures, deployment),
    partsText(figures),
  ];
  return {
    cells: [figures.option, amount(figures.costUsd), ...againstKeeping(figures)],
    note: notes.filter((text) => text !== '').join('; '),
  };
}

/** Spot capacity is priced for comparison alone. */
function warningText(option: OptionName): string {
  return option === 'spot' ? 'not advised: it can be taken away' : '';
}
