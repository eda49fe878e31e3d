/** Describes a stored fact by the columns of the file format: its name and its amounts. */

import { exact, toDecimal } from '../../domain/exact.ts';
import { usd } from '../../domain/money.ts';
import { dayText, HOUR_MS, instantText } from '../../domain/period.ts';
import type { FieldChange, Restatement } from '../imports.ts';
import type { FactShape } from './factShape.ts';
import type { StoredValue } from './insert.ts';

/** The values of a row by the keys of its table. Null is unknown. */
type Values = ReadonlyMap<string, StoredValue>;

interface FactFormat {
  readonly fact: Restatement['fact'];
  name(values: Values): Record<string, string>;
  /** Always shown, changed or not. */
  readonly amounts: readonly FileColumn[];
  /** Shown if changed. */
  readonly others: readonly FileColumn[];
}

type FileColumn = readonly [column: string, read: (values: Values) => string | null];

const SECOND_HAND: FileColumn = [
  'second_hand',
  (values) => (values.get('secondHand') == null ? null : 'true'),
];

/** By table name. */
const FORMATS: Readonly<Record<string, FactFormat>> = {
  charge: {
    fact: 'charge',
    name: (values) => ({
      id: textOrEmpty(values, 'key'),
      resource_id: textOrEmpty(values, 'resourceId'),
      ...period(values),
    }),
    amounts: [['billed_cost', dollars('billedNanoUsd')]],
    others: [
      ...['category', 'pricingClass', 'resourceName', 'unit', 'gpuType', 'gpuCount'].map(sameName),
      ['quantity', quantity],
      ['tags', (values) => text(values, 'tagsJson')],
      ['basis', basis],
      ['invoice_id', (values) => text(values, 'invoiceId')],
      ['invoice_issued', issued],
    ],
  },
  usage: {
    fact: 'usage',
    name: (values) => ({ deployment: textOrEmpty(values, 'deployment'), ...period(values) }),
    amounts: [
      ['prompt_tokens', promptTokens],
      ['output_tokens', (values) => text(values, 'outputTokens')],
    ],
    others: [
      ['cached_tokens', (values) => text(values, 'cachedPromptTokens')],
      sameName('requests'),
      ['busy_seconds', seconds('busyMs')],
      ['replica_seconds', seconds('replicaMs')],
    ],
  },
  usage_part: {
    fact: 'usage-part',
    name: (values) => ({
      deployment: textOrEmpty(values, 'deployment'),
      ...period(values),
      ...names(values, ['demand', 'tenant', 'team', 'adapter']),
    }),
    amounts: [
      ['prompt_tokens', promptTokens],
      ['output_tokens', (values) => text(values, 'outputTokens')],
    ],
    others: [
      ['cached_tokens', (values) => text(values, 'cachedPromptTokens')],
      sameName('requests'),
    ],
  },
  latency_histogram: {
    fact: 'latency',
    name: (values) => ({
      ...names(values, ['deployment', 'measure']),
      ...period(values),
    }),
    amounts: [['counts', (values) => text(values, 'countsJson')]],
    others: [['bounds', (values) => text(values, 'boundsJson')]],
  },
  gpu_activity: {
    fact: 'gpu-activity',
    name: (values) => ({ deployment: textOrEmpty(values, 'deployment'), ...period(values) }),
    amounts: [['gpu_seconds', seconds('gpuMs')]],
    others: [
      'gpuUtilMillionths',
      'engineActiveMillionths',
      'tensorActiveMillionths',
      'dramActiveMillionths',
    ].map(sameName),
  },
  request_count: {
    fact: 'requests',
    name: (values) => ({ deployment: textOrEmpty(values, 'deployment'), ...period(values) }),
    amounts: [['answered', (values) => text(values, 'answered')]],
    others: [sameName('failed'), sameName('escalated'), sameName('tokens')],
  },
  hosted_price: {
    fact: 'price',
    name: (values) => ({
      ...names(values, ['host', 'model', 'quantization']),
      ...(textOrEmpty(values, 'serviceTier') === '' ? {} : names(values, ['serviceTier'])),
      valid_from: instant(values, 'validFromMs'),
    }),
    amounts: [
      ['input_usd_per_mtok', dollars('inputPerMtok')],
      ['output_usd_per_mtok', dollars('outputPerMtok')],
    ],
    others: [
      ['cached_usd_per_mtok', dollars('cachedInputPerMtok')],
      ['cache_write_usd_per_mtok', dollars('cacheWritePerMtok')],
      ['request_usd', dollars('perRequest')],
      ['overrides', (values) => text(values, 'overridesJson')],
      SECOND_HAND,
    ],
  },
  gpu_rate: {
    fact: 'rate',
    name: (values) => ({
      ...names(values, ['provider', 'gpuType', 'pricingClass']),
      valid_from: instant(values, 'validFromMs'),
    }),
    amounts: [['usd_per_gpu_hour', dollars('usdPerGpuHour')]],
    others: [['regions', (values) => text(values, 'regionsJson')], SECOND_HAND],
  },
  ops_entry: {
    fact: 'ops',
    name: (values) => ({
      id: textOrEmpty(values, 'key'),
      date: dayText(Number(values.get('dayMs'))),
    }),
    amounts: [['hours', (values) => hours(values.get('workedMs') ?? null)]],
    others: [sameName('deployment'), sameName('note')],
  },
  exchange_rate: {
    fact: 'exchange-rate',
    name: (values) => ({
      currency: textOrEmpty(values, 'currency'),
      month: instant(values, 'monthMs').slice(0, 7),
    }),
    amounts: [['usd_per_unit', usdPerUnit]],
    others: [],
  },
  hosted_usage: {
    fact: 'hosted-usage',
    name: (values) => ({ model: textOrEmpty(values, 'model'), ...period(values) }),
    amounts: [
      ['input_tokens', hostedPromptTokens],
      ['output_tokens', (values) => text(values, 'outputTokens')],
    ],
    others: [['usd', dollars('usd')]],
  },
  invoice_line: {
    fact: 'invoice',
    name: (values) => ({ invoice_id: textOrEmpty(values, 'invoiceId'), ...period(values) }),
    amounts: [['amount', invoiced]],
    others: [['currency', invoiceCurrency], sameName('resourceId'), sameName('category')],
  },
};

/** The values of a row, by the keys of its table. */
export function toValueMap(
  shape: FactShape,
  row: { readonly key: readonly StoredValue[]; readonly contents: readonly StoredValue[] },
): Values {
  const plans = [...shape.key, ...shape.contents];
  const cells = [...row.key, ...row.contents];
  return new Map(plans.map((plan, at) => [plan.key, cells[at] ?? null]));
}

/** The name of a fact and its changes. A withdrawn fact has no values. */
export function describeChange(table: string, was: Values, now: Values) {
  const format = FORMATS[table];
  if (format === undefined) throw new Error(`no words for facts of ${table}`);
  const change = ([column, read]: FileColumn): FieldChange => ({
    column,
    was: isWithdrawn(was) ? null : read(was),
    now: isWithdrawn(now) ? null : read(now),
  });
  const others = format.others.map(change).filter((one) => one.was !== one.now);
  const changes = [...format.amounts.map(change), ...(isWithdrawn(now) ? [] : others)];
  return { fact: format.fact, name: format.name(isWithdrawn(now) ? was : now), changes };
}

function isWithdrawn(values: Values): boolean {
  return Number(values.get('withdrawn') ?? 0) === 1;
}

/** Tables name a column `gpuType`, files `gpu_type`. */
function sameName(key: string): FileColumn {
  return [fileName(key), (values) => text(values, key)];
}

function fileName(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function text(values: Values, key: string): string | null {
  const value = values.get(key) ?? null;
  return value === null ? null : String(value);
}

function textOrEmpty(values: Values, key: string): string {
  return text(values, key) ?? '';
}

function names(values: Values, keys: readonly string[]): Record<string, string> {
  return Object.fromEntries(keys.map((key) => [fileName(key), textOrEmpty(values, key)]));
}

function instant(values: Values, key: string): string {
  return instantText(Number(values.get(key)));
}

function period(values: Values) {
  return { start: instant(values, 'startMs'), end: instant(values, 'endMs') };
}

/** Exact dollars with at least two decimals: 10,000,000,000,000 nano-dollars are 10000.00. */
function dollars(key: string): (values: Values) => string | null {
  return (values) => {
    const nano = values.get(key) ?? null;
    if (nano === null) return null;
    return toDecimal(usd(BigInt(nano as bigint | number)), 9).replace(/(\.\d\d\d*?)0+$/, '$1');
  };
}

function quantity(values: Values): string | null {
  const [num, den] = [text(values, 'quantityNum'), text(values, 'quantityDen')];
  if (num === null || den === null) return null;
  return withoutZeros(toDecimal(exact(BigInt(num), BigInt(den)), 9));
}

function basis(values: Values): string | null {
  const stored = text(values, 'basis');
  return stored === 'estimated' ? (text(values, 'rebuiltFrom') ?? 'uptime') : stored;
}

function invoiced(values: Values): string | null {
  return text(values, 'originalAmount') ?? dollars('amountNanoUsd')(values);
}

function invoiceCurrency(values: Values): string {
  return text(values, 'originalCurrency') ?? 'USD';
}

function issued(values: Values): string | null {
  const issuedMs = values.get('invoiceIssuedMs') ?? null;
  return issuedMs === null ? null : instantText(Number(issuedMs));
}

function usdPerUnit(values: Values): string {
  const [num, den] = ['usdNum', 'usdDen'].map((key) => BigInt(textOrEmpty(values, key)));
  return withoutZeros(toDecimal(exact(num ?? 0n, den), 9));
}

function promptTokens(values: Values): string {
  const cached = BigInt((values.get('cachedPromptTokens') ?? 0) as number);
  return String(BigInt(values.get('uncachedPromptTokens') as number) + cached);
}

function hostedPromptTokens(values: Values): string {
  const classes = ['uncachedPromptTokens', 'cachedPromptTokens', 'cacheWriteTokens'];
  const counts = classes.map((key) => BigInt((values.get(key) ?? 0) as number));
  return String(counts.reduce((sum, count) => sum + count, 0n));
}

function seconds(key: string): (values: Values) => string | null {
  return (values) => {
    const ms = values.get(key) ?? null;
    return ms === null ? null : withoutZeros(toDecimal(exact(BigInt(ms as number), 1000n), 3));
  };
}

function hours(ms: StoredValue): string | null {
  if (ms === null) return null;
  return withoutZeros(toDecimal(exact(BigInt(ms as number), BigInt(HOUR_MS)), 6));
}

function withoutZeros(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal;
}
