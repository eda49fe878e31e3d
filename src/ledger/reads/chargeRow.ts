/** Turns rows of the table `charge` into charges, and parses repeated parts only once. */

import type { Charge, ChargeCategory, Commitment, PricingClass } from '../../domain/charge.ts';
import { decimal, exact } from '../../domain/exact.ts';
import { nanoUsd } from '../../domain/money.ts';
import type { StoredCharge } from '../facts.ts';
import { definedFields } from '../rows.ts';

/** Integers beyond 2^53 are read as text, all others as numbers, which are faster. */
const BILLED_NANO_USD = `
CASE WHEN billed_nano_usd BETWEEN -9007199254740991 AND 9007199254740991 THEN billed_nano_usd
  ELSE CAST(billed_nano_usd AS TEXT) END`;

/**
 * What the hours of a pod have in common is one text that is parsed once. Rare terms are separate
 * and null for most charges.
 */
export const CHARGE_ROW_COLUMNS = `
json_array(source_id, resource_id, resource_name, category, pricing_class,
  coalesce(rebuilt_from, basis), unit, gpu_type, gpu_count, tags_json),
json_array(CAST(list_nano_usd AS TEXT), CAST(effective_nano_usd AS TEXT), quantity_num,
  quantity_den),
charge_key, start_ms, end_ms, ${BILLED_NANO_USD}, version, recorded_at_ms, fetch_ref,
CASE WHEN original_currency IS NOT NULL OR invoice_id IS NOT NULL OR commitment_id IS NOT NULL
  THEN json_array(original_currency, original_amount, original_list, original_effective,
    invoice_id, invoice_issued_ms, commitment_id, commitment_status) END`;

export type ChargeRow = readonly [
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

/**
 * Passes on each charge, and its content as one line of text. A quarter may have millions, so parts
 * that equal those of the previous charge, or the last one of its account, are reused.
 */
export function createChargeRowReader(visit: (charge: StoredCharge, content: string) => void) {
  const findAccount = createAccounts();
  const parseAmounts = cached(parseAmountText);
  let period = { startMs: Number.NaN, endMs: Number.NaN };
  let when = '';
  return (row: ChargeRow): void => {
    const [text, amounts, key, startMs, endMs, billed, version, recordedAtMs, fetchRef, terms] =
      row;
    const last = findAccount(text);
    if (last.amounts !== amounts || last.terms !== terms) {
      last.amounts = amounts;
      last.terms = terms;
      const others = terms === null ? {} : parseTerms(terms);
      last.like = { ...last.account, ...parseAmounts(amounts), ...others, ...PLACEHOLDERS };
    }
    if (last.billed !== billed) {
      last.billed = billed;
      last.nanoUsd = nanoUsd(BigInt(billed));
    }
    if (period.startMs !== startMs || period.endMs !== endMs) {
      period = { startMs, endMs };
      when = `${startMs} ${endMs}`;
    }
    const { like, nanoUsd: amount } = last;
    const charge = { ...like, key, period, billed: amount, version, recordedAtMs, fetchRef };
    const content = `${text} ${amounts} ${JSON.stringify(key)} ${when} ${billed}`;
    visit(charge, terms === null ? content : `${content} ${terms}`);
  };
}

/** What the charges of an account share, and the values of its last charge. */
interface AccountState {
  readonly text: string;
  readonly account: Account;
  amounts: string;
  terms: string | null;
  billed: number | string;
  nanoUsd: StoredCharge['billed'];
  like: SharedFields;
  /** The account of the charge that followed. Pods are billed in the same order each hour. */
  next: AccountState | undefined;
}

/** Everything that two charges of an account may share, and placeholders. One object is copied. */
type SharedFields = Account &
  ReturnType<typeof parseAmountText> &
  ReturnType<typeof parseTerms> &
  typeof PLACEHOLDERS;

const PLACEHOLDERS = {
  key: '',
  period: { startMs: 0, endMs: 0 },
  billed: nanoUsd(0n),
  version: 0,
  recordedAtMs: 0,
  fetchRef: 0,
};

/**
 * Guesses the next account from last time, because comparing a text is faster than looking it up.
 */
function createAccounts() {
  const findOrParse = cached(newAccount);
  let last: AccountState | undefined;
  return (text: string): AccountState => {
    const guess = last?.next;
    const found = guess?.text === text ? guess : findOrParse(text);
    if (last !== undefined) last.next = found;
    last = found;
    return found;
  };
}

function newAccount(text: string): AccountState {
  const account = parseAccount(text);
  const initial = { amounts: '', terms: null, billed: 0, nanoUsd: nanoUsd(0n), next: undefined };
  return { text, account, ...initial, like: { ...account, ...PLACEHOLDERS } };
}

type Account = Pick<
  Charge,
  'sourceId' | 'resourceId' | 'resourceName' | 'category' | 'pricingClass' | 'basis'
> &
  Pick<Charge, 'unit' | 'gpuType' | 'gpuCount' | 'tags'>;

function parseAccount(text: string): Account {
  const [sourceId, resourceId, resourceName, category, pricingClass, basis, ...others] = JSON.parse(
    text,
  ) as AccountColumns;
  const [unit, gpuType, gpuCount, tags] = others;
  return {
    sourceId,
    resourceId,
    category,
    pricingClass,
    basis: basis === 'estimated' ? 'uptime' : basis,
    ...definedFields({ resourceName, unit, gpuType, gpuCount }),
    ...(tags === null ? {} : { tags: JSON.parse(tags) as Record<string, string> }),
  };
}

function parseAmountText(text: string): Pick<Charge, 'list' | 'effective' | 'quantity'> {
  const [list, effective, num, den] = JSON.parse(text) as AmountColumns;
  return definedFields({
    list: list === null ? null : nanoUsd(BigInt(list)),
    effective: effective === null ? null : nanoUsd(BigInt(effective)),
    quantity: num === null || den === null ? null : exact(BigInt(num), BigInt(den)),
  });
}

function parseTerms(text: string): Pick<Charge, 'original' | 'invoice' | 'commitment'> {
  const [currency, amount, list, effective, ...others] = JSON.parse(text) as TermColumns;
  const [invoiceId, issuedMs, commitmentId, status] = others;
  const toExact = (others: string | null) => (others === null ? null : decimal(others));
  const otherAmounts = definedFields({ list: toExact(list), effective: toExact(effective) });
  return definedFields({
    original:
      currency === null || amount === null
        ? null
        : { currency, amount: decimal(amount), ...otherAmounts },
    invoice: invoiceId === null ? null : { id: invoiceId, ...definedFields({ issuedMs }) },
    commitment: commitmentId === null || status === null ? null : { id: commitmentId, status },
  });
}

const MAX_CACHED = 10_000;

/**
 * Caches parsed texts. A full map is replaced, not cleared: V8 chains the tables of cleared maps.
 */
function cached<Value>(read: (text: string) => Value): (text: string) => Value {
  let cache = new Map<string, Value>();
  return (text) => {
    const found = cache.get(text);
    if (found !== undefined) return found;
    if (cache.size === MAX_CACHED) cache = new Map();
    const value = read(text);
    cache.set(text, value);
    return value;
  };
}
