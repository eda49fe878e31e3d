/** Computes the parts of the stack's total cost: today, with the plan, and with all deleted. */

import { decimal, type Exact, isZero, sum, ZERO } from '../../domain/exact.ts';
import type { Audit, AuditStackOption } from '../../verdict/audit.ts';
import { dollars } from '../format.ts';
import { shownName } from '../displayText.ts';
import type { Situation } from './auditReading.ts';
import { summedDollars } from './summedAmounts.ts';
import type { ReportTable } from './table.ts';
import type { Reader } from '../locale.ts';

export const COST_PARTS = ['gpu', 'hosted', 'labor', 'migration', 'unused'] as const;

export type CostPart = (typeof COST_PARTS)[number];

/** A plan for the whole stack. Its parts sum to its cost. */
export interface StackCost {
  readonly name: string;
  readonly kind: 'keep' | 'plan' | 'delete';
  readonly cost: Exact;
  readonly saving: Exact;
  readonly parts: Readonly<Record<CostPart, Exact>>;
}

/** Today's stack, the plan if it changes anything, and deleting all if that has a price. */
export function computeStackCosts(
  { stack, deployments }: Audit,
  situation: Situation,
): StackCost[] {
  const find = (name: AuditStackOption['option']) =>
    stack.options.find(({ option }) => option === name);
  const [keep, plan, all] = [find('keep'), find('best plan'), find('delete')];
  if (keep === undefined) return [];
  const isChange = plan !== undefined && plan.keeps.length < deployments.length;
  return [
    toStackCost(keep, 'Keep all', 'keep'),
    ...(isChange
      ? [toStackCost(plan, situation === 'change' ? 'The plan' : 'Best change', 'plan')]
      : []),
    ...(all === undefined ? [] : [toStackCost(all, deletingName(all.keeps), 'delete')]),
  ];
}

/**
 * Name of the plan that deletes everything, except deployments that must stay or have no hosted
 * price.
 */
function deletingName(keeps: readonly string[]): string {
  const [only] = keeps;
  if (only === undefined) return 'Delete all';
  return `Delete all but ${keeps.length === 1 ? shownName(only) : keeps.length}`;
}

function toStackCost(option: AuditStackOption, name: string, kind: StackCost['kind']): StackCost {
  const { gpuUsd, storageUsd, otherUsd } = option;
  return {
    name,
    kind,
    cost: decimal(option.costUsd),
    saving: decimal(option.savingUsd),
    parts: {
      gpu: sum([gpuUsd, storageUsd, otherUsd].map(decimal)),
      hosted: decimal(option.hostedUsd),
      labor: decimal(option.laborUsd),
      migration: decimal(option.migrationUsd),
      unused: decimal(option.strandedUsd),
    },
  };
}

export const COST_PART_NAMES: Readonly<Record<CostPart, string>> = {
  gpu: 'GPU spend',
  hosted: 'Hosted APIs',
  labor: 'Engineering time',
  migration: 'One-off migration',
  unused: 'Unused commitment',
};

const NOTHING = '\u2013';

/** Today's cost next to the plan's, or next to deleting all if nothing changes. */
export function totalCostTable(audit: Audit, situation: Situation, reader: Reader): ReportTable[] {
  const [keep, ...others] = computeStackCosts(audit, situation);
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

function labelOf(part: CostPart, { stack }: Audit, reader: Reader): string {
  if (part === 'labor') return `${COST_PART_NAMES.labor}, ${stack.laborBasis}`;
  return part === 'migration' ? migrationLabel(stack, reader) : COST_PART_NAMES[part];
}

/** `One-off migration, amortized (in full $6,400)`. */
function migrationLabel({ migrationInFullUsd }: Audit['stack'], reader: Reader): string {
  const label = `${COST_PART_NAMES.migration}, amortized`;
  if (migrationInFullUsd === undefined) return label;
  return `${label} (in full ${dollars(migrationInFullUsd, reader)})`;
}
