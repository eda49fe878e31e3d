/** Converts Crusoe's costs, usage and VMs to facts. */

import type { Charge, Resource } from '../../domain/charge.ts';
import { add, compare, decimal, type Exact, isZero, toDecimal, ZERO } from '../../domain/exact.ts';
import { nanoFromUsd } from '../../domain/money.ts';
import { DAY_MS, dayStartMs, dayText, intersection, type Period } from '../../domain/period.ts';
import type { PullWarning } from '../../domain/pullWarning.ts';
import { firstFaultText } from '../../platform/responseSchemas.ts';
import type { AnswerFacts } from '../api.ts';
import { productCategory, signFault } from '../billLine.ts';
import { readRecords, readRows, type ReadRows, type ObservationContext } from '../records.ts';
import {
  type Cost,
  cost,
  project,
  crusoeUsage,
  type CrusoeVm,
  crusoeVm,
  lineIn,
  lineOf,
  vmType,
  type VmType,
} from './wire.ts';

/** What earlier responses of a pull provide to later ones. */
export interface CrusoePullState {
  /** Project names by id. */
  readonly projects: Map<string, string | undefined>;
  readonly types: Map<string, VmType>;
  /** Usage by line key: total and reserved quantity. */
  readonly usage: Map<string, Used>;
}

interface Used {
  readonly line: string;
  readonly all: Exact;
  readonly reserved: Exact;
}

export function readProjects(
  records: Iterable<unknown>,
  { projects }: CrusoePullState,
): AnswerFacts {
  const { rejects, warnings } = readRecords(records, project, ({ id, name }) => {
    projects.set(id, name ? name : undefined);
  });
  return { rejects, warnings };
}

export function readVmTypes(records: Iterable<unknown>, { types }: CrusoePullState): AnswerFacts {
  const { rejects, warnings } = readRecords(records, vmType, (item) => {
    const { product_name, gpu_type: gpuType, num_gpu: gpuCount } = item;
    types.set(product_name, gpuType && gpuCount ? { gpuType, gpuCount } : {});
  });
  return { rejects, warnings };
}

export function readCrusoeVms(
  records: Iterable<unknown>,
  seen: ObservationContext,
  { types }: CrusoePullState,
): AnswerFacts {
  const resource = (item: CrusoeVm): Resource => ({
    sourceId: seen.sourceId,
    resourceId: item.id,
    kind: 'instance',
    name: item.name ? item.name : item.id,
    ...types.get(item.type ?? ''),
    ...(item.state ? { status: item.state } : {}),
    seenAtMs: seen.seenAtMs,
  });
  // A VM of an unknown type would look like one without GPUs.
  const typed = crusoeVm.refine(({ type }) => !type || types.has(type), {
    path: ['type'],
    error: 'expected a VM type that Crusoe lists',
  });
  const { facts, ...trouble } = readRecords(records, typed, resource);
  return { resources: facts, ...trouble };
}

/** Reads usage. It is not stored as a fact; it only explains missing costs. */
export function readCrusoeUsage(records: Iterable<unknown>, learned: CrusoePullState): AnswerFacts {
  const byLine = new Map<string, Used>();
  const { rejects, warnings } = readRecords(records, crusoeUsage, (item) => {
    const line = lineOf(item);
    const before = byLine.get(line) ?? { line, all: ZERO, reserved: ZERO };
    const quantity = decimal(item.quantity);
    byLine.set(line, {
      line,
      all: add(before.all, quantity),
      reserved: item.reservation_id ? add(before.reserved, quantity) : before.reserved,
    });
  });
  // A day at the border of two responses is complete in each.
  for (const [line, used] of byLine) learned.usage.set(line, used);
  return { rejects, warnings };
}

interface CostContext {
  readonly sourceId: string;
  readonly window: Period;
  readonly nowMs: number;
  /** Costs before this time are complete, as Crusoe reports; absent if it does not. */
  readonly lastUpdatedMs: number | undefined;
  readonly learned: CrusoePullState;
}

const PREFIX = 'costs/';

/**
 * Reads the costs of the days in the window and ignores other days. Rows of one line with different
 * prices become one charge, unless one of them is unreadable. A duplicate row is rejected.
 */
export function readCrusoeCosts(records: Iterable<unknown>, context: CostContext): AnswerFacts {
  const tally = tallyOf(records, context);
  const { lines, reserved, rejected, firstMs } = tally;
  const charges = [...lines.values()].map((sums) => {
    return { position: sums.position, fact: chargeOf(sums, context) };
  });
  const unbilled = usageWithoutCost(tally, context);
  const covered = firstMs === undefined ? undefined : coveredWindow(firstMs, context);
  const isWhole = rejected + unbilled.length === 0 && covered !== undefined;
  return {
    window: context.window,
    charges: charges.filter(({ fact }) => fact.billed !== 0n),
    rejects: tally.rejects,
    warnings: [
      ...tally.warnings,
      ...earlierNote(firstMs, context.window),
      ...reservedNote(reserved),
      ...unbilledNote(unbilled),
    ],
    ...(isWhole ? { completeFor: { keyPrefix: PREFIX, window: covered } } : {}),
  };
}

interface Sums {
  readonly position: number;
  readonly item: Cost;
  readonly cost: Exact;
  readonly quantity: Exact;
}

interface Tally extends Omit<ReadRows<never>, 'facts'> {
  readonly lines: ReadonlyMap<string, Sums>;
  /** Keys of all lines of the window, with or without a cost. */
  readonly known: ReadonlySet<string>;
  /** Rows without a cost because a reservation covers them. */
  readonly reserved: readonly Cost[];
  /** First day of the response, inside the window or not. */
  readonly firstMs: number | undefined;
}

function tallyOf(records: Iterable<unknown>, context: CostContext): Tally {
  const lines = new Map<string, Sums>();
  const [seen, known, broken] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const reserved: Cost[] = [];
  let firstMs: number | undefined;
  const { facts: _none, ...trouble } = readRows<never>(records, (raw, position) => {
    const read = cost.safeParse(raw);
    if (!read.success) {
      broken.add(lineIn(raw));
      return firstFaultText(read.error);
    }
    const { data: item } = read;
    firstMs = Math.min(firstMs ?? item.date, item.date);
    if (!isWithin(item.date, context)) return [];
    known.add(lineOf(item));
    const fault = faultIn(item, seen, context);
    if (fault !== undefined && fault !== DUPLICATE) broken.add(lineOf(item));
    if (fault !== undefined) return fault;
    if (hasNoCost(item)) reserved.push(item);
    else addTo(lines, item, position);
    return [];
  });
  // The other rows of its line are only a part of the cost.
  for (const line of broken) lines.delete(line);
  return { lines, known, reserved, ...trouble, firstMs };
}

function addTo(lines: Map<string, Sums>, item: Cost, position: number): void {
  const line = lineOf(item);
  const before = lines.get(line) ?? { position, item, cost: ZERO, quantity: ZERO };
  lines.set(line, {
    ...before,
    cost: add(before.cost, decimal(item.cost ?? '0')),
    quantity: add(before.quantity, decimal(item.quantity)),
  });
}

/** Rows in the future belong to no other pull, so they are let through here and then rejected. */
function isWithin(atMs: number, { window, nowMs }: CostContext): boolean {
  return (atMs >= window.startMs && atMs < window.endMs) || atMs > nowMs;
}

function hasNoCost(item: Cost): boolean {
  return item.cost === null || item.cost === undefined;
}

const DUPLICATE = 'duplicate row; only the first one was used';

/** The fault of a parsed row. A missing cost is not zero. */
function faultIn(
  item: Cost,
  seen: Set<string>,
  { learned, nowMs }: CostContext,
): string | undefined {
  if (item.date > nowMs) return `date: ${dayText(item.date)} is in the future`;
  const text = JSON.stringify(item);
  if (seen.has(text)) return DUPLICATE;
  seen.add(text);
  const quantity = decimal(item.quantity);
  if (hasNoCost(item)) {
    const { all, reserved } = learned.usage.get(lineOf(item)) ?? { all: quantity, reserved: ZERO };
    const isCovered = !isZero(reserved) && compare(all, reserved) === 0;
    if (isZero(quantity) || isCovered) return undefined;
    return `cost: missing for ${item.quantity} ${item.billable_metric}`;
  }
  const { cost: amount, quantity: used, unit_price: unitPrice } = item;
  return signFault({ cost: amount ?? '0', quantity: used, unitPrice });
}

/** Bills name no VM, so a resource is all usage of one type in one project and region. */
function chargeOf(
  { item, cost: amount, quantity }: Sums,
  { sourceId, learned }: CostContext,
): Charge {
  const { project_id, region, resource_type, billable_metric } = item;
  const known = learned.types.get(resource_type);
  const startMs = dayStartMs(item.date);
  const place = [project_id, ...(region ? [region] : []), resource_type].join('/');
  const owner = learned.projects.get(project_id);
  const product = `${resource_type} ${billable_metric}`;
  const category = known === undefined ? productCategory(product) : 'compute';
  return {
    sourceId,
    key: `${PREFIX}${lineOf(item)}`,
    resourceId: place,
    ...(owner === undefined ? {} : { resourceName: `${owner}/${resource_type}` }),
    category,
    ...classOf(product),
    period: { startMs, endMs: startMs + DAY_MS },
    billed: nanoFromUsd(amount),
    quantity,
    unit: billable_metric,
    ...(category === 'compute' ? known : {}),
    basis: 'billed',
    tags: { project: project_id, ...(region ? { region } : {}) },
  };
}

function classOf(product: string) {
  if (/spot/i.test(product)) return { pricingClass: 'spot' as const };
  return { pricingClass: 'on-demand' as const, isClassPresumed: true as const };
}

/** The days of the window that the response covers: from its first day to its last update. */
function coveredWindow(
  firstMs: number,
  { window, lastUpdatedMs, nowMs }: CostContext,
): Period | undefined {
  const endMs = dayStartMs(Math.min(lastUpdatedMs ?? nowMs, nowMs));
  return firstMs < endMs
    ? intersection(window, { startMs: dayStartMs(firstMs), endMs })
    : undefined;
}

/** Usage of past days for which there is neither a cost nor a reservation. */
function usageWithoutCost({ known, firstMs }: Tally, context: CostContext): Used[] {
  const { learned, window, lastUpdatedMs, nowMs } = context;
  const firstOpenDay = dayText(Math.min(lastUpdatedMs ?? nowMs, nowMs));
  const from = dayText(Math.max(window.startMs, firstMs ?? window.startMs));
  return [...learned.usage.values()].filter(({ line, all, reserved }) => {
    const isOver = line >= from && line < firstOpenDay && line < dayText(window.endMs);
    return isOver && !known.has(line) && !isZero(all) && isZero(reserved);
  });
}

function earlierNote(firstMs: number | undefined, { startMs }: Period): PullWarning[] {
  if (firstMs === undefined || dayStartMs(firstMs) <= startMs) return [];
  return [{ code: 'costs-not-reported', start: dayText(startMs), end: dayText(firstMs) }];
}

function reservedNote(reserved: readonly Cost[]): PullWarning[] {
  const rows = reserved.filter(({ quantity }) => !isZero(decimal(quantity)));
  return rows.length === 0 ? [] : [{ code: 'reservation-without-cost', rows: rows.length }];
}

function unbilledNote(unbilled: readonly Used[]): PullWarning[] {
  const [first] = unbilled;
  if (first === undefined) return [];
  return [
    {
      code: 'usage-without-cost',
      lines: unbilled.length,
      quantity: toDecimal(first.all, 2),
      line: decodeURIComponent(first.line),
    },
  ];
}
