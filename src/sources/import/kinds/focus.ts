/** Reads a FOCUS bill: selects its rows and converts them to charges. */

import type { Charge, ChargeCategory, Commitment, PricingClass } from '../../../domain/charge.ts';
import type { ForeignCharge } from '../../../domain/currency.ts';
import { compare, type Exact, exact, isZero, multiply } from '../../../domain/exact.ts';
import {
  FOCUS_AMOUNTS,
  FOCUS_BILLS,
  FOCUS_IDENTITY,
  FOCUS_REQUIRED,
  FOCUS_LABELS,
  type FocusColumn,
  type FocusRule,
} from '../../../domain/focus.ts';
import { matchesGlob } from '../../../domain/glob.ts';
import { parseInstant } from '../../../domain/period.ts';
import { type AmountColumns, type ChargeAmounts, readAmounts, withAmounts } from '../amounts.ts';
import { readDecimal, requireNotInFuture, refuseCell, readPeriod, readText } from '../cells.ts';
import type { FactKind, ReadContext, ReadRow } from '../factKind.ts';
import { type FileRow, RowFault } from '../columns.ts';
import { createSurvey, tokenTags } from './focusSurvey.ts';

/**
 * Rows that match one of the `take` rules become charges; without rules, all do. Amounts are not
 * part of a charge's key, since the next export of the same month restates them.
 */
export function focusChargesKind(take?: readonly FocusRule[]): FactKind<'charges'> {
  const survey = createSurvey();
  return {
    name: 'charges',
    columns: {
      required: [...FOCUS_REQUIRED],
      optional: [...FOCUS_AMOUNTS, ...FOCUS_IDENTITY, ...FOCUS_LABELS, ...FOCUS_BILLS],
      keepsExtras: false,
      nested: ['Tags', 'SkuPriceDetails'],
      needs: FOCUS_REQUIRED.map((column) => [column]),
    },
    read(raw, frame) {
      const row = withoutNull(raw);
      const labels = labelsIn(row, 'Tags');
      const isSelected = take === undefined || take.some((rule) => matchesRule(row, labels, rule));
      // Also read for rows that are left out, since the preview shows their amount.
      const amounts = readAmounts(row, AMOUNTS);
      const read = isSelected ? readCharge(row, labels, { ...frame, amounts }) : undefined;
      survey.note(row, amounts, isSelected);
      return read;
    },
    identified: (fact, key) => ({ ...fact, key: `focus/${key}` }),
    survey: survey.lines,
    notes: () => (take === undefined ? [] : [survey.taken()]),
  };
}

/** Some exports write a missing value as the word NULL. */
function withoutNull(row: FileRow): FileRow {
  return {
    line: row.line,
    cell(column) {
      const value = row.cell(column);
      return value === 'NULL' || value === 'null' ? '' : value;
    },
    extras: () => undefined,
    excerpt: () => row.excerpt(),
  };
}

function cell(row: FileRow, column: FocusColumn): string {
  return row.cell(column);
}

function matchesRule(row: FileRow, labels: Labels, rule: FocusRule): boolean {
  return Object.entries(rule).every(([name, pattern]) => {
    const value = name.startsWith('Tags.') ? (labels[name.slice(5)] ?? '') : row.cell(name);
    return matchesGlob(pattern, value);
  });
}

const AMOUNTS: AmountColumns = {
  currency: 'BillingCurrency',
  billed: 'BilledCost',
  list: 'ListCost',
  effective: 'EffectiveCost',
};

function readCharge(
  row: FileRow,
  labels: Labels,
  { sourceId, nowMs, amounts }: ReadContext & { readonly amounts: ChargeAmounts },
): ReadRow<Charge | ForeignCharge> {
  const period = readPeriod(row, 'ChargePeriodStart', 'ChargePeriodEnd');
  requireNotInFuture(row, 'ChargePeriodStart', { atMs: period.startMs, nowMs });
  const details = labelsIn(row, 'SkuPriceDetails');
  const name = readText(row, 'ResourceName', MAX_LENGTH);
  const terms = {
    sourceId,
    key: '',
    resourceId: resourceId(row),
    ...(name === undefined ? {} : { resourceName: name }),
    category: category(row),
    ...pricingClass(row),
    period,
    ...measure(row),
    ...gpuCount(details),
    basis: 'billed' as const,
    ...invoice(row),
    ...commitment(row),
    tags: toTags(row, labels, details),
  };
  const identity = FOCUS_IDENTITY.map((column) => cell(row, column));
  const identifying = [cell(row, 'ChargeCategory'), ...identity, ...correctionPeriod(row)];
  const says = [period.startMs, period.endMs, ...identifying];
  return { fact: withAmounts(terms, amounts), values: JSON.stringify(says) };
}

/** The billing period of a correction. Each bill may correct an hour again as a new charge. */
function correctionPeriod(row: FileRow): string[] {
  if (cell(row, 'ChargeClass').toLowerCase() !== 'correction') return [];
  const start = cell(row, 'BillingPeriodStart');
  return start === '' ? [] : [String(parseInstant(start) ?? start)];
}

/** Ids of Azure and Google are paths and may have several hundred characters. */
const MAX_LENGTH = 2_000;

/** The resource of a charge, or else its commitment, SKU or service: some rows have none. */
function resourceId(row: FileRow): string {
  const found = (
    ['ResourceId', 'CommitmentDiscountId', 'CapacityReservationId', 'SkuId', 'ServiceName'] as const
  )
    .map((column) => readText(row, column, MAX_LENGTH))
    .find((value) => value !== undefined);
  return (
    found ??
    refuseCell(row, 'ResourceId', { expected: 'a resource, SKU or service', todo: 'fill it in' })
  );
}

const BY_CHARGE: Readonly<Record<string, ChargeCategory>> = {
  tax: 'tax',
  credit: 'credit',
  adjustment: 'credit',
};

const BY_SERVICE: Readonly<Record<string, ChargeCategory>> = {
  'ai and machine learning': 'compute',
  compute: 'compute',
  storage: 'storage',
  networking: 'network',
};

/** Usage is classified by its service. A purchase is a commitment or a fee. */
function category(row: FileRow): ChargeCategory {
  const charge = cell(row, 'ChargeCategory').toLowerCase();
  if (charge === 'purchase') return isCommitment(row) ? 'commitment' : 'fee';
  if (charge === 'usage') return usageCategory(row);
  const known = BY_CHARGE[charge];
  if (known !== undefined) return known;
  const expected = 'Usage, Purchase, Tax, Credit or Adjustment';
  return refuseCell(row, 'ChargeCategory', { expected, todo: 'export it as FOCUS 1.0 or later' });
}

function invoice(row: FileRow): Pick<Charge, 'invoice'> {
  const id = readText(row, 'InvoiceId', MAX_LENGTH);
  return id === undefined ? {} : { invoice: { id } };
}

/** The commitment of a charge. Only its status in the bill shows whether usage of it was used. */
function commitment(row: FileRow): Pick<Charge, 'commitment'> {
  const id = readText(row, 'CommitmentDiscountId', MAX_LENGTH);
  const status = commitmentStatus(row);
  return id === undefined || status === undefined ? {} : { commitment: { id, status } };
}

function commitmentStatus(row: FileRow): Commitment['status'] | undefined {
  const charge = cell(row, 'ChargeCategory').toLowerCase();
  if (charge === 'purchase') return 'purchase';
  const status = cell(row, 'CommitmentDiscountStatus').toLowerCase();
  if (charge === 'usage' && (status === 'used' || status === 'unused')) return status;
  return undefined;
}

function isCommitment(row: FileRow): boolean {
  return cell(row, 'CommitmentDiscountId') !== '' || cell(row, 'CapacityReservationId') !== '';
}

function usageCategory(row: FileRow): ChargeCategory {
  const units = `${cell(row, 'ConsumedUnit')} ${cell(row, 'PricingUnit')}`;
  if (/\b[kmb]?tokens?\b/i.test(units)) return 'hosted';
  return BY_SERVICE[cell(row, 'ServiceCategory').toLowerCase()] ?? 'fee';
}

/** FOCUS terms, and the terms of exports in older formats. */
const CLASSES: readonly (readonly [RegExp, PricingClass])[] = [
  [/^(?:|standard|other|on.?demand)$/i, 'on-demand'],
  [/^committed$|reserv|saving/i, 'reserved'],
  [/^dynamic$|\bspot\b|preempt/i, 'spot'],
];

/** Presumes on-demand for an unknown term, so that its amount still counts. */
function pricingClass(row: FileRow): Pick<Charge, 'pricingClass' | 'isClassPresumed'> {
  const term = cell(row, 'PricingCategory').trim();
  const known = CLASSES.find(([pattern]) => pattern.test(term))?.[1];
  return known === undefined
    ? { pricingClass: 'on-demand', isClassPresumed: true }
    : { pricingClass: known };
}

function measure(row: FileRow): Pick<Charge, 'quantity' | 'unit'> {
  for (const [quantity, unit] of [
    ['ConsumedQuantity', 'ConsumedUnit'],
    ['PricingQuantity', 'PricingUnit'],
  ] as const) {
    const amount = readDecimal(row, quantity);
    const unitText = readText(row, unit);
    if (amount === undefined || unitText === undefined) continue;
    const tokens = tokensIn(unitText);
    if (tokens === undefined) return { quantity: amount, unit: unitText };
    return { quantity: multiply(amount, tokens), unit: 'Tokens' };
  }
  return {};
}

const TOKEN_UNIT =
  /^(?:per\s+)?(\d[\d,]*)?\s*([kmb]|(?:thous|[mb]illi)\w+)?\s*(?:(?:in|out)put\s+)?tokens?$/i;

const SCALES: Readonly<Record<string, bigint>> = { k: 1_000n, t: 1_000n, m: 1_000_000n };

/** The tokens in one unit, 1,000 for `1K tokens`. `undefined` for a single token or none. */
function tokensIn(unit: string): Exact | undefined {
  const [found, count = '1', scale = ''] = TOKEN_UNIT.exec(unit.trim()) ?? [];
  if (found === undefined) return undefined;
  const first = scale.slice(0, 1).toLowerCase();
  const each = scale === '' ? 1n : (SCALES[first] ?? 1_000_000_000n);
  const tokens = exact(BigInt(count.replaceAll(',', '')) * each);
  return isZero(tokens) || compare(tokens, exact(1n)) === 0 ? undefined : tokens;
}

type Labels = Readonly<Record<string, string>>;

/**
 * The labels in a cell with a flat JSON object. Values that are not text become text. Google lists
 * labels as `[{"key": "team", "value": "ml"}]`, with a resource's own labels before inherited ones.
 */
function labelsIn(row: FileRow, column: 'Tags' | 'SkuPriceDetails'): Labels {
  const content = cell(row, column);
  if (content === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const pairs = Array.isArray(value) ? value.map(pairIn).toReversed() : entriesOf(value);
  if (pairs === undefined || pairs.includes(undefined)) {
    throw new RowFault(
      `${column} is not a JSON object; expected {"name": "value"}; fix the export`,
    );
  }
  const entries = pairs.flatMap((pair) => (pair === undefined ? [] : [pair]));
  return Object.fromEntries(
    entries.map(([name, one]) => [name, typeof one === 'string' ? one : JSON.stringify(one)]),
  );
}

type Pair = readonly [string, unknown];

function entriesOf(value: unknown): Pair[] | undefined {
  return typeof value === 'object' && value !== null ? Object.entries(value) : undefined;
}

function pairIn(item: unknown): Pair | undefined {
  const { key, value } = Object.fromEntries(entriesOf(item) ?? []) as Record<string, unknown>;
  return typeof key === 'string' ? [key, value ?? ''] : undefined;
}

function gpuCount(details: Labels): Pick<Charge, 'gpuCount'> {
  const gpus = Number(details['GpuCount'] ?? '');
  return Number.isSafeInteger(gpus) && gpus > 0 && gpus <= 100_000 ? { gpuCount: gpus } : {};
}

/** Columns that matches may use, beside the provider's own tags, which take precedence. */
const TAG_COLUMNS = ['ServiceName', 'SkuId', 'RegionId', 'SubAccountId', 'InvoiceId'] as const;

function toTags(row: FileRow, labels: Labels, details: Labels): Labels {
  const columns = TAG_COLUMNS.flatMap((column): [string, string][] => {
    const value = cell(row, column);
    return value === '' ? [] : [[column, value]];
  });
  const { InstanceType: instance, ModelId: model } = details;
  const meters = [cell(row, 'SkuMeter'), cell(row, 'SkuId'), cell(row, 'ChargeDescription')];
  const tokens = category(row) === 'hosted' ? tokenTags(meters, model) : {};
  return {
    ...Object.fromEntries(columns),
    ...(instance === undefined ? {} : { InstanceType: instance }),
    ...(model === undefined ? {} : { ModelId: model }),
    ...labels,
    ...tokens,
  };
}
