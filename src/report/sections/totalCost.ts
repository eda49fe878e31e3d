/** Computes the parts of the stack's total cost: today, with the plan, deleted; and its options. */

import { isZero, ZERO } from '../../domain/exact.ts';
import { shownName } from '../displayText.ts';
import { type AuditReading, COST_PARTS, type StackReading, type CostPart } from './auditReading.ts';
import type { AuditStackOption } from '../../verdict/audit.ts';
import type { Reading } from './storedAmounts.ts';
import { findOption, type DeploymentReading } from './deploymentReading.ts';
import { dollars, orUnknown } from '../format.ts';
import { summedDollars } from './summedAmounts.ts';
import type { ReportTable, ReportTableRow } from './table.ts';
import type { Reader } from '../locale.ts';
import { againstKeeping, costPartsText, simulationLines } from './optionTables.ts';
import type { OptionName } from '../../economics/offer.ts';

export const COST_PART_NAMES: Readonly<Record<CostPart, string>> = {
  gpu: 'GPU spend',
  hosted: 'Hosted APIs',
  labor: 'Engineering time',
  migration: 'One-off migration',
  unused: 'Unused commitment',
};

const NOTHING = '\u2013';

/** Today's cost next to the plan's, or next to deleting all if nothing changes. */
export function totalCostTable(audit: AuditReading, reader: Reader): ReportTable[] {
  const [keep, ...others] = audit.stackCosts;
  if (keep === undefined) return [];
  const columns = [keep, ...others.slice(0, 1)];
  const shown = COST_PARTS.filter((part) => columns.some(({ parts }) => !isZero(parts[part])));
  const texts = columns.map(({ parts, cost }) =>
    summedDollars(
      shown.map((part) => parts[part]),
      cost,
      reader,
    ),
  );
  const cell = (column: number, row: number, part: CostPart) => {
    const usd = columns[column]?.parts[part] ?? ZERO;
    const text = texts[column]?.[row] ?? NOTHING;
    if (isZero(usd)) return NOTHING;
    // An amount above 0 never reads as 0.
    return /[1-9]/.test(text) ? text : `<${text.replace(/0(?=\D*$)/, '1')}`;
  };
  return [
    {
      title: '',
      head: ['Cost', 'Today', ...columns.slice(1).map(({ name }) => name)],
      rows: shown.map((part, row) => ({
        cells: [
          labelOf(part, audit, reader),
          ...columns.map((_, column) => cell(column, row, part)),
        ],
        note: '',
      })),
      total: ['Total cost', ...columns.map(({ cost }) => dollars(cost, reader))],
      foot: '',
    },
  ];
}

function labelOf(part: CostPart, { stack }: AuditReading, reader: Reader): string {
  if (part === 'labor') return `${COST_PART_NAMES.labor}, ${stack.laborBasis}`;
  return part === 'migration' ? migrationLabel(stack, reader) : COST_PART_NAMES[part];
}

/** `One-off migration, amortized (in full $6,400)`. */
function migrationLabel({ migrationInFullUsd }: StackReading, reader: Reader): string {
  const label = `${COST_PART_NAMES.migration}, amortized`;
  if (migrationInFullUsd === undefined) return label;
  return `${label} (in full ${dollars(migrationInFullUsd, reader)})`;
}

const MOST_NAMES = 3;

/** Empty with fewer than three options, and for older audits without them. */
export function wholeStackTables(audit: AuditReading, reader: Reader): ReportTable[] {
  const { stack, deployments } = audit;
  if (stack.options.length < 3) return [];
  return [
    {
      title: '',
      head: ['Whole stack', 'Cost', 'Saving', 'Range', 'Probability'],
      rows: stack.options.map((option) =>
        row(option, deployments.length, audit.isPlanMade, reader),
      ),
      foot: [
        'Fixed engineering time of the stack is included.',
        ...simulationLines(audit, reader),
      ].join(' '),
    },
  ];
}

const NAMES: Readonly<Record<Exclude<AuditStackOption['option'], 'best plan'>, string>> = {
  keep: 'keep all',
  delete: 'delete all',
  hybrid: 'cap all',
  serverless: 'all serverless',
  move: 'move all',
  'right-size': 'right-size all',
  'bring-back': 'bring back all',
};

/** A plan that is not advised is called "the best plan". */
export function planName(isMade: boolean): string {
  return isMade ? 'the plan' : 'the best plan';
}

export function stackOptionName(option: AuditStackOption['option'], isMade: boolean): string {
  return option === 'best plan' ? planName(isMade) : NAMES[option];
}

function row(
  figures: Reading<AuditStackOption>,
  count: number,
  isMade: boolean,
  reader: Reader,
): ReportTableRow {
  const { option, keeps } = figures;
  const isMixed = option !== 'keep' && option !== 'best plan' && keeps.length > 0;
  const notes = [isMixed ? keepsText(keeps, count) : '', costPartsText(figures, reader)];
  return {
    cells: [
      stackOptionName(option, isMade),
      orUnknown(dollars, figures.costUsd, reader),
      ...againstKeeping(figures, reader),
    ],
    note: notes.filter((text) => text !== '').join('; '),
  };
}

/** Names of the kept deployments, which must stay or have no price for the option. */
function keepsText(keeps: readonly string[], count: number): string {
  const rest = keeps.length - MOST_NAMES;
  const names = keeps.slice(0, MOST_NAMES).map(shownName).join(', ');
  return `keeps ${keeps.length} of ${count}: ${names}${rest > 0 ? ` and ${rest} more` : ''}`;
}

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
export function optionMatrix(audit: AuditReading, reader: Reader): ReportTable[] {
  const deployments = audit.mostExpensiveFirst.slice(0, MOST_DEPLOYMENTS);
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

function savingOf(deployment: DeploymentReading, option: OptionName) {
  return findOption(deployment, option)?.savingUsd;
}

/** `–` for an option without a price. */
function cell(saving: ReturnType<typeof savingOf>, reader: Reader): string {
  return saving === undefined ? '–' : dollars(saving, reader);
}
