/** How charges are read back as of a time: one after the other, for a quarter may have millions. */

import type { Database } from 'better-sqlite3';
import type { Charge, ChargeCategory, Commitment, PricingClass } from '../../domain/charge.ts';
import { decimal, exact } from '../../domain/exact.ts';
import { nanoUsd } from '../../domain/money.ts';
import { DAY_MS, type Period } from '../../domain/period.ts';
import type { BilledResource, StoredCharge } from '../ledger.ts';
import { known } from './known.ts';

const LATER = `
n.source_id = charge.source_id AND n.charge_key = charge.charge_key
    AND n.recorded_at_ms <= :asOfMs
    AND (n.recorded_at_ms, n.version) > (charge.recorded_at_ms, charge.version)`;

/**
 * A charge that no later record, known at `:asOfMs`, replaces. What replaces a first version is one
 * of the few others, which have an index of their own.
 */
export const CHARGE_IN_FORCE = `
charge.recorded_at_ms <= :asOfMs AND CASE WHEN charge.version = 1
  THEN NOT EXISTS (
    SELECT 1 FROM charge n INDEXED BY charge_again WHERE n.version > 1 AND ${LATER})
  ELSE NOT EXISTS (SELECT 1 FROM charge n WHERE ${LATER}) END`;

/** Whole numbers beyond 2^53 come as text, all others as numbers, which are cheap. */
const BILLED_NANO_USD = `
CASE WHEN billed_nano_usd BETWEEN -9007199254740991 AND 9007199254740991 THEN billed_nano_usd
  ELSE CAST(billed_nano_usd AS TEXT) END`;

/**
 * What the hours of a pod have in common is one text, and is read once. Terms that most charges do
 * not have come apart, so that of the others nothing is said.
 */
const COLUMNS = `
json_array(source_id, resource_id, resource_name, category, pricing_class,
  coalesce(rebuilt_from, basis), unit, gpu_type, gpu_count, tags_json),
json_array(CAST(list_nano_usd AS TEXT), CAST(effective_nano_usd AS TEXT), quantity_num,
  quantity_den),
charge_key, start_ms, end_ms, ${BILLED_NANO_USD}, version, recorded_at_ms, fetch_ref,
CASE WHEN original_currency IS NOT NULL OR invoice_id IS NOT NULL OR commitment_id IS NOT NULL
  THEN json_array(original_currency, original_amount, original_list, original_effective,
    invoice_id, invoice_issued_ms, commitment_id, commitment_status) END`;

type Row = readonly [
  account: string,
  amounts: string,
  key: string,
  startMs: number,
  endMs: number,
  billed: number | string,
  version: number,
  recordedAtMs: number,
  fetchRef: number,
  terms: string | null,
];

type AccountColumns = readonly [
  sourceId: string,
  resourceId: string,
  resourceName: string | null,
  category: ChargeCategory,
  pricingClass: PricingClass,
  basis: 'billed' | 'estimated' | 'list' | 'negotiated',
  unit: string | null,
  gpuType: string | null,
  gpuCount: number | null,
  tagsJson: string | null,
];

type AmountColumns = readonly [
  list: string | null,
  effective: string | null,
  quantityNum: string | null,
  quantityDen: string | null,
];

type TermColumns = readonly [
  currency: string | null,
  amount: string | null,
  list: string | null,
  effective: string | null,
  invoiceId: string | null,
  invoiceIssuedMs: number | null,
  commitmentId: string | null,
  commitmentStatus: Commitment['status'] | null,
];

/** The index's own order; only charges of the very same time are sorted, a few at a time. */
const ORDER = 'ORDER BY end_ms, start_ms, source_id, resource_id, charge_key';

/** Those of a day or less that reach into the window end at most a day after it. */
const NEAR = `
SELECT ${COLUMNS} FROM charge INDEXED BY charge_by_end
WHERE end_ms > :startMs AND end_ms <= :endMs + ${DAY_MS} AND start_ms < :endMs
  AND withdrawn = 0 AND ${CHARGE_IN_FORCE}
${ORDER}`;

/** The others are few: an invoice for a month, a reservation for a year. */
const FAR = `
SELECT ${COLUMNS} FROM charge INDEXED BY charge_long
WHERE end_ms - start_ms > ${DAY_MS} AND end_ms > :endMs + ${DAY_MS} AND start_ms < :endMs
  AND withdrawn = 0 AND ${CHARGE_IN_FORCE}
${ORDER}`;

/**
 * Visits each charge that overlaps the window, by end, start, source, resource and key, so that
 * charges of a resource for the same time follow one another; withdrawn ones are no charges any
 * more. What is before or after the window costs nothing. `visit` may not ask the ledger anything;
 * it is also told what the charge says, as one line of text, for a digest: how it came is no part
 * of it.
 */
export function createChargeReader(db: Database) {
  const statements = [NEAR, FAR].map((text) => db.prepare(text).safeIntegers(false).raw());
  return (
    window: Period,
    asOfMs: number,
    visit: (charge: StoredCharge, said: string) => void,
  ): void => {
    const { startMs, endMs } = window;
    const [accountOf, amountsOf] = [remembering(readAccount), remembering(readAmounts)];
    const termsOf = remembering(readTerms);
    for (const statement of statements) {
      for (const row of statement.iterate({ startMs, endMs, asOfMs })) {
        const [account, amounts, key, from, to, billed, version, recordedAtMs, fetchRef, terms] =
          row as Row;
        const charge: StoredCharge = {
          ...accountOf(account),
          ...amountsOf(amounts),
          ...(terms === null ? {} : termsOf(terms)),
          key,
          period: { startMs: from, endMs: to },
          billed: nanoUsd(BigInt(billed)),
          version,
          recordedAtMs,
          fetchRef,
        };
        const said = `${account} ${amounts} ${JSON.stringify(key)} ${from} ${to} ${billed}`;
        visit(charge, terms === null ? said : `${said} ${terms}`);
      }
    }
  };
}

/** By start, source and key. */
export function oldestFirst(a: StoredCharge, b: StoredCharge): number {
  if (a.period.startMs !== b.period.startMs) return a.period.startMs - b.period.startMs;
  if (a.sourceId !== b.sourceId) return a.sourceId < b.sourceId ? -1 : 1;
  return a.key < b.key ? -1 : 1;
}

const BILLED = [
  `FROM charge INDEXED BY charge_by_end WHERE end_ms > :startMs AND end_ms <= :endMs + ${DAY_MS}`,
  `FROM charge INDEXED BY charge_long
   WHERE end_ms - start_ms > ${DAY_MS} AND end_ms > :endMs + ${DAY_MS}`,
].map(
  (from) => `
SELECT source_id, resource_id, resource_name, tags_json, category, pricing_class, gpu_type ${from}
  AND start_ms < :endMs AND withdrawn = 0 AND ${CHARGE_IN_FORCE}`,
);

type BilledRow = readonly [
  sourceId: string,
  resourceId: string,
  resourceName: string | null,
  tagsJson: string | null,
  category: ChargeCategory,
  pricingClass: PricingClass,
  gpuType: string | null,
];

/** Each once, in the order of their names. */
export function readBilledResources(
  db: Database,
  { startMs, endMs }: Period,
  asOfMs: number,
): BilledResource[] {
  const rows = db
    .prepare(`${BILLED.join(' UNION ')} ORDER BY 1, 2, 3, 4, 5, 6, 7`)
    .raw()
    .all({ startMs, endMs, asOfMs }) as BilledRow[];
  return rows.map(
    ([sourceId, resourceId, resourceName, tags, category, pricingClass, gpuType]) => ({
      sourceId,
      resourceId,
      category,
      pricingClass,
      ...known({ resourceName, gpuType }),
      ...(tags === null ? {} : { tags: JSON.parse(tags) as Record<string, string> }),
    }),
  );
}

type Account = Pick<
  Charge,
  'sourceId' | 'resourceId' | 'resourceName' | 'category' | 'pricingClass' | 'basis'
> &
  Pick<Charge, 'unit' | 'gpuType' | 'gpuCount' | 'tags'>;

function readAccount(text: string): Account {
  const [sourceId, resourceId, resourceName, category, pricingClass, basis, ...told] = JSON.parse(
    text,
  ) as AccountColumns;
  const [unit, gpuType, gpuCount, tags] = told;
  return {
    sourceId,
    resourceId,
    category,
    pricingClass,
    basis: basis === 'estimated' ? 'uptime' : basis,
    ...known({ resourceName, unit, gpuType, gpuCount }),
    ...(tags === null ? {} : { tags: JSON.parse(tags) as Record<string, string> }),
  };
}

function readAmounts(text: string): Pick<Charge, 'list' | 'effective' | 'quantity'> {
  const [list, effective, num, den] = JSON.parse(text) as AmountColumns;
  return known({
    list: list === null ? null : nanoUsd(BigInt(list)),
    effective: effective === null ? null : nanoUsd(BigInt(effective)),
    quantity: num === null || den === null ? null : exact(BigInt(num), BigInt(den)),
  });
}

function readTerms(text: string): Pick<Charge, 'original' | 'invoice' | 'commitment'> {
  const [currency, amount, list, effective, ...told] = JSON.parse(text) as TermColumns;
  const [invoiceId, issuedMs, commitmentId, status] = told;
  const exactOf = (told: string | null) => (told === null ? null : decimal(told));
  const also = known({ list: exactOf(list), effective: exactOf(effective) });
  return known({
    original:
      currency === null || amount === null ? null : { currency, amount: decimal(amount), ...also },
    invoice: invoiceId === null ? null : { id: invoiceId, ...known({ issuedMs }) },
    commitment: commitmentId === null || status === null ? null : { id: commitmentId, status },
  });
}

const MOST_REMEMBERED = 20_000;

/**
 * The same text is read once, as long as texts are few. A full map is let go of and not cleared:
 * V8 chains the tables of a map that is.
 */
function remembering<Value>(read: (text: string) => Value): (text: string) => Value {
  let remembered = new Map<string, Value>();
  return (text) => {
    const found = remembered.get(text);
    if (found !== undefined) return found;
    if (remembered.size === MOST_REMEMBERED) remembered = new Map();
    const value = read(text);
    remembered.set(text, value);
    return value;
  };
}
