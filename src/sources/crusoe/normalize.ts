/** Crusoe's costs, usage and VMs read as facts. */

import { counted } from '../../domain/counted.ts';
import type { Charge, Resource } from '../../domain/charge.ts';
import { add, compare, decimal, type Exact, isZero, toDecimal, ZERO } from '../../domain/exact.ts';
import { nanoFromUsd } from '../../domain/money.ts';
import { DAY_MS, dayStartMs, dayText, intersection, type Period } from '../../domain/period.ts';
import { faultOf } from '../../platform/wire.ts';
import type { Read } from '../api.ts';
import { categoryOf, signFault } from '../billLine.ts';
import { readRecords, readRows, type Rows, type Seen } from '../records.ts';
import { type Cost, cost, project, usage, type Usage, type Vm, vm, vmType } from './wire.ts';

/** What a VM type has. */
export interface VmType {
  readonly gpuType?: string;
  readonly gpuCount?: number;
}

/** What earlier answers of the same pull told the later ones. */
export interface Learned {
  /** Names of projects, by id. */
  readonly projects: Map<string, string | undefined>;
  readonly types: Map<string, VmType>;
  /** Usage by line: all of it, and what of it is reserved. */
  readonly usage: Map<string, Used>;
}

interface Used {
  readonly line: string;
  readonly all: Exact;
  readonly reserved: Exact;
}

export function readProjects(records: Iterable<unknown>, { projects }: Learned): Read {
  const { rejects, warnings } = readRecords(records, project, ({ id, name }) => {
    projects.set(id, name ? name : undefined);
  });
  return { rejects, warnings };
}

export function readTypes(records: Iterable<unknown>, { types }: Learned): Read {
  const { rejects, warnings } = readRecords(records, vmType, (item) => {
    const { product_name, gpu_type: gpuType, num_gpu: gpuCount } = item;
    types.set(product_name, gpuType && gpuCount ? { gpuType, gpuCount } : {});
  });
  return { rejects, warnings };
}

export function readVms(records: Iterable<unknown>, seen: Seen, { types }: Learned): Read {
  const resource = (item: Vm): Resource => ({
    sourceId: seen.sourceId,
    resourceId: item.id,
    kind: 'instance',
    name: item.name ? item.name : item.id,
    ...types.get(item.type ?? ''),
    ...(item.state ? { status: item.state } : {}),
    seenAtMs: seen.seenAtMs,
  });
  // Without its type a VM would pass for one without GPUs.
  const typed = vm.refine(({ type }) => !type || types.has(type), {
    path: ['type'],
    error: 'expected a VM type that Crusoe lists',
  });
  const { facts, ...trouble } = readRecords(records, typed, resource);
  return { resources: facts, ...trouble };
}

/** Usage only tells what a cost that is missing means: it is no fact of its own. */
export function readUsage(records: Iterable<unknown>, learned: Learned): Read {
  const told = new Map<string, Used>();
  const { rejects, warnings } = readRecords(records, usage, (item) => {
    const line = lineOf(item);
    const before = told.get(line) ?? { line, all: ZERO, reserved: ZERO };
    const quantity = decimal(item.quantity);
    told.set(line, {
      line,
      all: add(before.all, quantity),
      reserved: item.reservation_id ? add(before.reserved, quantity) : before.reserved,
    });
  });
  // A day on the border of two answers is told whole by each.
  for (const [line, used] of told) learned.usage.set(line, used);
  return { rejects, warnings };
}

/** What stays the same of a line however its amount changes. */
function lineOf({ date, project_id, region, resource_type, billable_metric }: Cost | Usage) {
  const parts = [project_id, region ?? '', resource_type, billable_metric];
  return [dayText(date), ...parts.map((part) => encodeURIComponent(part))].join('/');
}

interface Wish {
  readonly sourceId: string;
  readonly window: Period;
  readonly nowMs: number;
  /** Up to when the costs are told, as Crusoe says; absent where it does not. */
  readonly lastUpdatedMs: number | undefined;
  readonly learned: Learned;
}

/** How the keys of these charges begin. */
const PREFIX = 'costs/';

/**
 * The costs of the days in the window; what the answer has of other days is left to their own pull.
 * Rows of one line that differ in price are one charge; a row that comes twice is rejected.
 */
export function readCosts(records: Iterable<unknown>, wish: Wish): Read {
  const tally = tallyOf(records, wish);
  const { lines, reserved, rejected, firstMs } = tally;
  const charges = [...lines.values()].map((sums) => {
    return { position: sums.position, fact: chargeOf(sums, wish) };
  });
  const unbilled = usageWithoutCost(tally, wish);
  const told = firstMs === undefined ? undefined : toldWindow(firstMs, wish);
  const isWhole = rejected + unbilled.length === 0 && told !== undefined;
  return {
    window: wish.window,
    charges: charges.filter(({ fact }) => fact.billed !== 0n),
    rejects: tally.rejects,
    warnings: [
      ...tally.warnings,
      ...earlierNote(firstMs, wish.window),
      ...reservedNote(reserved),
      ...unbilledNote(unbilled),
    ],
    ...(isWhole ? { completeFor: { keyPrefix: PREFIX, window: told } } : {}),
  };
}

interface Sums {
  readonly position: number;
  readonly item: Cost;
  readonly cost: Exact;
  readonly quantity: Exact;
}

interface Tally extends Omit<Rows<never>, 'facts'> {
  readonly lines: ReadonlyMap<string, Sums>;
  /** Every line of the window, with a cost or without. */
  readonly known: ReadonlySet<string>;
  /** Rows without a cost that a reservation covers. */
  readonly reserved: readonly Cost[];
  /** The first day of the answer, inside the window or not. */
  readonly firstMs: number | undefined;
}

function tallyOf(records: Iterable<unknown>, wish: Wish): Tally {
  const lines = new Map<string, Sums>();
  const [seen, known] = [new Set<string>(), new Set<string>()];
  const reserved: Cost[] = [];
  let firstMs: number | undefined;
  const { facts: _none, ...trouble } = readRows<never>(records, (raw, position) => {
    const read = cost.safeParse(raw);
    if (!read.success) return faultOf(read.error);
    const { data: item } = read;
    firstMs = Math.min(firstMs ?? item.date, item.date);
    if (!isWithin(item.date, wish)) return [];
    known.add(lineOf(item));
    const fault = faultIn(item, seen, wish);
    if (fault !== undefined) return fault;
    if (hasNoCost(item)) reserved.push(item);
    else addTo(lines, item, position);
    return [];
  });
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

/** Rows of days to come are no rows of another pull: they are looked at, and rejected. */
function isWithin(atMs: number, { window, nowMs }: Wish): boolean {
  return (atMs >= window.startMs && atMs < window.endMs) || atMs > nowMs;
}

function hasNoCost(item: Cost): boolean {
  return item.cost === null || item.cost === undefined;
}

/** What is wrong with a row that can be read. A cost that is not told is not zero. */
function faultIn(item: Cost, seen: Set<string>, { learned, nowMs }: Wish): string | undefined {
  if (item.date > nowMs) return `date: ${dayText(item.date)} is in the future`;
  const text = JSON.stringify(item);
  if (seen.has(text)) return 'duplicate row; only the first one was used';
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

/** A bill names no VM: a resource is all of one type in one project and region. */
function chargeOf({ item, cost: amount, quantity }: Sums, { sourceId, learned }: Wish): Charge {
  const { project_id, region, resource_type, billable_metric } = item;
  const known = learned.types.get(resource_type);
  const startMs = dayStartMs(item.date);
  const place = [project_id, ...(region ? [region] : []), resource_type].join('/');
  const owner = learned.projects.get(project_id);
  const product = `${resource_type} ${billable_metric}`;
  const category = known === undefined ? categoryOf(product) : 'compute';
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

/** The days of the window that the answer tells whole: from its first day to its last update. */
function toldWindow(firstMs: number, { window, lastUpdatedMs, nowMs }: Wish): Period | undefined {
  const endMs = dayStartMs(Math.min(lastUpdatedMs ?? nowMs, nowMs));
  return firstMs < endMs
    ? intersection(window, { startMs: dayStartMs(firstMs), endMs })
    : undefined;
}

/** Usage of days that are over, for which the answer has no cost and no reservation pays. */
function usageWithoutCost({ known, firstMs }: Tally, wish: Wish): Used[] {
  const { learned, window, lastUpdatedMs, nowMs } = wish;
  const over = dayText(Math.min(lastUpdatedMs ?? nowMs, nowMs));
  const from = dayText(Math.max(window.startMs, firstMs ?? window.startMs));
  return [...learned.usage.values()].filter(({ line, all, reserved }) => {
    const isOver = line >= from && line < over && line < dayText(window.endMs);
    return isOver && !known.has(line) && !isZero(all) && isZero(reserved);
  });
}

function earlierNote(firstMs: number | undefined, { startMs }: Period): string[] {
  if (firstMs === undefined || dayStartMs(firstMs) <= startMs) return [];
  const [from, to] = [dayText(startMs), dayText(firstMs)];
  return [
    `Crusoe reports no costs from ${from} to ${to}; if there were any, export them as CSV ` +
      'from its console and import them',
  ];
}

function reservedNote(reserved: readonly Cost[]): string[] {
  const rows = reserved.filter(({ quantity }) => !isZero(decimal(quantity)));
  if (rows.length === 0) return [];
  return [
    `${counted(rows.length, 'usage row')} covered by a reservation without a cost; add the ` +
      'reservation under commitments in rentcheck.yaml',
  ];
}

function unbilledNote(unbilled: readonly Used[]): string[] {
  const [first] = unbilled;
  if (first === undefined) return [];
  const example = `${toDecimal(first.all, 2)} of ${decodeURIComponent(first.line)}`;
  return [
    `Crusoe reports usage without a cost in ${counted(unbilled.length, 'line')}, such as ` +
      `${example}; nothing was withdrawn. Compare the costs with the invoice`,
  ];
}
