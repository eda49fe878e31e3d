/** Lists every figure of an audit by id: all that a report may print. */

import { oneLine } from '../displayText.ts';
import { derivedFigures, inputFigures } from './derived.ts';
import {
  type AuditFigure,
  fieldId,
  figureId,
  figureText,
  figureUnit,
  type FigureUnit,
} from './figure.ts';
import { type FigureSource, pageFigures } from './page.ts';
import type { Reader } from '../locale.ts';
import type { ReportTable } from '../sections/table.ts';
import type { ChartPlan } from '../charts/chart.ts';

/** Figures in the order of `report.json`, with its values, then derived ones. Ids are unique. */
export function listFigures(source: FigureSource, reader: Reader): AuditFigure[] {
  const { audit } = source;
  const { stack, totals, deployments } = audit.stored;
  const found = [
    ...walk(
      stack,
      { id: 'stack', path: 'stack', holder: 'stack', view: 'audit_by_quarter' },
      reader,
    ),
    ...walk(
      totals,
      { id: 'stack', path: 'totals', holder: 'totals', view: 'audit_by_quarter' },
      reader,
    ),
    ...deployments.flatMap((each, at) =>
      walk(
        each,
        {
          id: figureId(each.id),
          path: `deployments[${at}]`,
          holder: 'deployments',
          view: 'audit_by_deployment',
        },
        reader,
      ),
    ),
    ...inputFigures(audit, reader),
    ...derivedFigures(source, reader),
    ...pageFigures(source, reader),
    ...billFigures(source),
  ];
  const taken = new Map<string, number>();
  return found.map((figure) => {
    const before = taken.get(figure.id) ?? 0;
    taken.set(figure.id, before + 1);
    return before === 0 ? figure : { ...figure, id: `${figure.id}~${before + 1}` };
  });
}

interface Place {
  readonly id: string;
  readonly path: string;
  /** Name of the containing field. For an element of a list, that of the list. */
  readonly holder: string;
  readonly view: string;
}

/** Fields listed elsewhere with their units, or that hold no figures of the report. */
const SKIPPED: ReadonlySet<string> = new Set(['flips', 'considered', 'bestPlan', 'keeps']);
/** Structured details repeat other fields: `reasonDetails`. */
const FACTS = /Details?$/;

/**
 * Whether a field repeats other fields. An option's `detail` does not: its figures are nowhere
 * else.
 */
function isFact(field: string, { holder }: Place): boolean {
  return FACTS.test(field) || (field === 'detail' && holder !== 'options');
}

function walk(value: unknown, place: Place, reader: Reader): AuditFigure[] {
  if (Array.isArray(value)) {
    return value.flatMap((each: unknown, at) => walk(each, elementPlace(each, at, place), reader));
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([field, each]) =>
      SKIPPED.has(field) || isFact(field, place)
        ? []
        : walk(each, fieldPlace(field, place), reader),
    );
  }
  return typeof value === 'string' || typeof value === 'number'
    ? leaf(String(value), place, reader)
    : [];
}

function fieldPlace(field: string, { id, path, view, holder }: Place): Place {
  const isAmount = /^(?:base|low|high)$/.test(field);
  return {
    id: fieldId(id, field),
    path: `${path}.${field}`,
    // `low` and `high` belong to the field that contains them.
    holder: isAmount ? `${holder}.${field}` : field,
    view: field === 'options' && path.startsWith('deployments') ? 'option_by_deployment' : view,
  };
}

const NAMES = ['deployment', 'option', 'id', 'name', 'source', 'month'] as const;

/** Identifies a list element by its name, or else by its position. */
function elementPlace(element: unknown, at: number, place: Place): Place {
  const names = typeof element === 'object' && element !== null ? element : {};
  const named: unknown = NAMES.map((key) => Reflect.get(names, key)).find(
    (name) => typeof name === 'string',
  );
  // One deployment may have several steps.
  const isListed = place.holder === 'steps' || typeof named !== 'string';
  const key = isListed ? String(at + 1) : figureId(named);
  return { ...place, id: `${place.id}.${key}`, path: `${place.path}[${at}]` };
}

function leaf(value: string, { id, path, holder, view }: Place, reader: Reader): AuditFigure[] {
  const field =
    path
      .split('.')
      .at(-1)
      ?.replace(/\[\d+\]$/, '') ?? '';
  const unit = figureUnit(field, holder);
  if (unit === undefined) return [];
  return [
    { id, text: figureText(value, unit, reader), value: oneLine(value, 400), unit, path, view },
  ];
}

/**
 * Figures of all finance tables. `bill.spend.2.1.1` is the first amount of the first row of the
 * second spend table.
 */
function billFigures({ bill }: FigureSource): AuditFigure[] {
  return Object.entries(bill).flatMap(([name, tables]) => figuresIn(name, tables));
}

function figuresIn(name: string, tables: readonly ReportTable[]): AuditFigure[] {
  return tables.flatMap(({ rows, total = [] }, table) => {
    const place = `bill.${name}.${table + 1}`;
    const lines = rows.map(({ cells, note }) => [...cells.slice(1), note]);
    return [...lines, total.slice(1)].flatMap((texts, row) =>
      texts.flatMap((text, column) => {
        const id = `${place}.${row === rows.length ? 'total' : row + 1}.${column + 1}`;
        return text === '' ? [] : [{ id, text, value: '', ...SOURCE }];
      }),
    );
  });
}

const SOURCE = { unit: 'USD', path: 'bill, totals, stack', view: 'spend_by_day' } as const;

export interface FigureChange {
  readonly id: string;
  readonly unit: FigureUnit;
  /** As printed. `–` if that audit lacks the figure. */
  readonly was: string;
  readonly is: string;
  readonly valueWas: string;
  readonly valueIs: string;
}

const NONE = { text: '–', value: '' };

/**
 * Every figure with another value or text: in the order of the newer audit, then those that only
 * the older one has.
 */
export function findFigureChanges(
  before: readonly AuditFigure[],
  figures: readonly AuditFigure[],
): FigureChange[] {
  const [old, now] = [byId(before), byId(figures)];
  const ids = [...now.keys(), ...[...old.keys()].filter((id) => !now.has(id))];
  return ids.flatMap((id) => {
    const [was, is] = [old.get(id), now.get(id)];
    if (was?.text === is?.text && was?.value === is?.value) return [];
    const { text: wasText, value: valueWas } = was ?? NONE;
    const { text: isText, value: valueIs } = is ?? NONE;
    const unit = (is ?? was)?.unit ?? 'word';
    return [{ id, unit, was: wasText, is: isText, valueWas, valueIs }];
  });
}

function byId(figures: readonly AuditFigure[]): Map<string, AuditFigure> {
  return new Map(figures.map((figure) => [figure.id, figure]));
}

const VIEWS: Readonly<Record<ChartPlan['slot'], string>> = {
  cost: 'option_by_deployment',
  why: 'effective_cost_by_day',
  deployments: 'usage_by_day',
  doubts: 'audit_by_quarter',
  hours: 'usage_by_day',
  since: 'audit_by_quarter',
};

/** `chart.weekly-price`, with its text alternative. */
export function chartFigures(plans: readonly ChartPlan[]): AuditFigure[] {
  return plans.map(({ filename, alt, slot }) => ({
    id: `chart.${filename.replace(/\.png$/, '')}`,
    text: alt,
    value: '',
    unit: 'chart',
    path: '',
    view: VIEWS[slot],
  }));
}
