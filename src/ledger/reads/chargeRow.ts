/** How a row of the bill becomes a charge: what the hours of a pod have in common is read once. */

import type { Charge, ChargeCategory, Commitment, PricingClass } from '../../domain/charge.ts';
import { decimal, exact } from '../../domain/exact.ts';
import { nanoUsd } from '../../domain/money.ts';
import type { StoredCharge } from '../ledger.ts';
import { known } from './known.ts';

/** Whole numbers beyond 2^53 come as text, all others as numbers, which are cheap. */
const BILLED_NANO_USD = `
CASE WHEN billed_nano_usd BETWEEN -9007199254740991 AND 9007199254740991 THEN billed_nano_usd
  ELSE CAST(billed_nano_usd AS TEXT) END`;

/**
 * What the hours of a pod have in common is one text, and is read once. Terms that most charges do
 * not have come apart, so that of the others nothing is said.
 */
export const CHARGE_COLUMNS = `
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
 * Hands on each charge, and what it says as one line of text. A quarter may have millions, so what
 * a charge shares with the one before, or with the last of its account, is made once.
 */
export function createRowReader(visit: (charge: StoredCharge, said: string) => void) {
  const accountOf = createAccounts();
  const amountsOf = remembering(readAmounts);
  let period = { startMs: Number.NaN, endMs: Number.NaN };
  let when = '';
  return (row: ChargeRow): void => {
    const [text, amounts, key, startMs, endMs, billed, version, recordedAtMs, fetchRef, terms] =
      row;
    const last = accountOf(text);
    if (last.amounts !== amounts || last.terms !== terms) {
      last.amounts = amounts;
      last.terms = terms;
      const told = terms === null ? {} : readTerms(terms);
      last.like = { ...last.account, ...amountsOf(amounts), ...told, ...ROOM };
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
    const said = `${text} ${amounts} ${JSON.stringify(key)} ${when} ${billed}`;
    visit(charge, terms === null ? said : `${said} ${terms}`);
  };
}

/** What the charges of an account have in common, and what the last of them said. */
interface LastOf {
  readonly text: string;
  readonly account: Account;
  amounts: string;
  terms: string | null;
  billed: number | string;
  nanoUsd: StoredCharge['billed'];
  like: Like;
  /** The account whose charge came after it: pods are billed in the same order hour by hour. */
  next: LastOf | undefined;
}

/** All that two charges of an account may share, with room for the rest: one object is copied. */
type Like = Account & ReturnType<typeof readAmounts> & ReturnType<typeof readTerms> & typeof ROOM;

const ROOM = {
  key: '',
  period: { startMs: 0, endMs: 0 },
  billed: nanoUsd(0n),
  version: 0,
  recordedAtMs: 0,
  fetchRef: 0,
};

/** Guesses that the same follows as last time, for to compare a text is cheaper than to find it. */
function createAccounts() {
  const find = remembering(newAccount);
  let last: LastOf | undefined;
  return (text: string): LastOf => {
    const guess = last?.next;
    const found = guess?.text === text ? guess : find(text);
    if (last !== undefined) last.next = found;
    last = found;
    return found;
  };
}

function newAccount(text: string): LastOf {
  const account = readAccount(text);
  const nothing = { amounts: '', terms: null, billed: 0, nanoUsd: nanoUsd(0n), next: undefined };
  return { text, account, ...nothing, like: { ...account, ...ROOM } };
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

const MOST_REMEMBERED = 10_000;

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
