/** Builds the table of every deployment's saving by option. */

import type { OptionName } from '../../economics/offer.ts';
import type { Audit } from '../../verdict/audit.ts';
import type { AuditDeployment } from '../../verdict/auditDeployment.ts';
import { dollars } from '../format.ts';
import { shownName } from '../label.ts';
import { mostExpensiveFirst, knownAmount, findOption } from './reading.ts';
import type { ReportTable } from './table.ts';
import type { Reader } from '../locale.ts';

const MOST_DEPLOYMENTS = 10;

/** Columns. Spot is priced only for comparison, so it is left out. */
const COLUMNS = [
  ['Delete', 'delete'],
  ['Hybrid', 'hybrid'],
  ['Serverless', 'serverless'],
  ['Move', 'move'],
  ['Right-size', 'right-size'],
  ['Bring back', 'bring-back'],
] as const satisfies readonly (readonly [string, OptionName])[];

/** The table with only the priced columns. Empty if no option is priced. */
export function optionMatrix(audit: Audit, reader: Reader): ReportTable[] {
  const deployments = mostExpensiveFirst(audit).slice(0, MOST_DEPLOYMENTS);
  const columns = COLUMNS.filter(([, option]) =>
    deployments.some((each) => savingOf(each, option) !== undefined),
  );
  if (columns.length === 0) return [];
  const left = audit.deployments.length - deployments.length;
  const more = left > 0 ? ` ${left} more deployments are in options.csv.` : '';
  return [
    {
      title: 'Saving of each option compared with keeping',
      head: ['Deployment', ...columns.map(([title]) => title)],
      rows: deployments.map((deployment) => ({
        cells: [
          shownName(deployment.id),
          ...columns.map(([, option]) => cell(savingOf(deployment, option), reader)),
        ],
        note: '',
      })),
      foot:
        'Every option serves the same traffic. Fixed engineering time is not included. ' +
        `Costs, parts, ranges and probabilities are in options.csv.${more}`,
    },
  ];
}

function savingOf(deployment: AuditDeployment, option: OptionName) {
  return knownAmount(findOption(deployment, option)?.savingUsd);
}

/** `–` for an option without a price. */
function cell(saving: ReturnType<typeof savingOf>, reader: Reader): string {
  return saving === undefined ? '–' : dollars(saving, reader);
}
