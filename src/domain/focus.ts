/** FOCUS 1.0 to 1.4 columns that a bill is read by. */

import { sumNano } from './money.ts';

/** Columns that every row must have. */
export const FOCUS_REQUIRED = [
  'BilledCost',
  'BillingCurrency',
  'ChargeCategory',
  'ChargePeriodStart',
  'ChargePeriodEnd',
] as const;

/** Amounts and units: how much, not of what. */
export const FOCUS_AMOUNTS = [
  'ListCost',
  'EffectiveCost',
  'ConsumedQuantity',
  'ConsumedUnit',
  'PricingQuantity',
  'PricingUnit',
] as const;

/** Columns that identify a charge. It stays the same charge while these stay the same. */
export const FOCUS_IDENTITY = [
  'AllocatedResourceId',
  'AvailabilityZone',
  'BillingAccountId',
  'CapacityReservationId',
  'CapacityReservationStatus',
  'ChargeClass',
  'ChargeDescription',
  'ChargeFrequency',
  'CommitmentDiscountId',
  'CommitmentDiscountStatus',
  'CredentialId',
  'HostProviderName',
  'InvoiceIssuerName',
  'PricingCategory',
  'PrincipalId',
  'ProviderName',
  'PublisherName',
  'RegionId',
  'ResourceId',
  'ServiceCategory',
  'ServiceName',
  'ServiceProviderName',
  'ServiceSubcategory',
  'SkuId',
  'SkuMeter',
  'SkuPriceId',
  'SubAccountId',
] as const;

/** Values that may arrive late or be renamed; not part of the identity. */
export const FOCUS_LABELS = [
  'InvoiceId',
  'RegionName',
  'ResourceName',
  'ResourceType',
  'SkuPriceDetails',
  'SubAccountName',
  'Tags',
] as const;

/** The billing period of a row; part of the identity for corrections only. */
export const FOCUS_BILLS = ['BillingPeriodStart'] as const;

/** All columns that are read. */
export const FOCUS_COLUMNS = [
  ...FOCUS_REQUIRED,
  ...FOCUS_AMOUNTS,
  ...FOCUS_IDENTITY,
  ...FOCUS_LABELS,
  ...FOCUS_BILLS,
] as const;

export type FocusColumn = (typeof FOCUS_COLUMNS)[number];

/** Columns by which rows may be selected. */
export const FOCUS_FILTERS = [
  'ChargeCategory',
  ...FOCUS_IDENTITY,
  ...FOCUS_LABELS.filter((name) => name !== 'Tags' && name !== 'SkuPriceDetails'),
] as const satisfies readonly FocusColumn[];

/**
 * Rows to take from a bill: each column must match its glob, e.g. `{ ServiceName: 'Amazon Elastic
 * Compute*' }`. A tag is `Tags.team`.
 */
export type FocusRule = Readonly<Record<string, string>>;

/** A column of {@link FOCUS_FILTERS}, or one tag. */
export function isFocusFilter(name: string): boolean {
  return FOCUS_FILTERS.some((column) => column === name) || /^Tags\.\S/.test(name);
}

/** A bill's rows for one service, and how many were taken. */
export interface FocusLine {
  readonly category: string;
  readonly service: string;
  readonly rows: number;
  /** Currency of the amounts, which are billionths of its unit. */
  readonly currency: string;
  readonly billedNano: bigint;
  readonly takenRows: number;
  readonly takenNano: bigint;
}

/** `$1.00 of $2.00`, joined for all currencies of the lines. */
export function takenText(
  lines: readonly FocusLine[],
  text: (nano: bigint, currency: string) => string,
): string {
  const currencies = lines.length === 0 ? ['USD'] : lines.map(({ currency }) => currency);
  const shares = [...new Set(currencies)].sort(dollarsFirst).map((currency) => {
    const own = lines.filter((line) => line.currency === currency);
    const taken = sumNano(own.map(({ takenNano }) => takenNano));
    const all = sumNano(own.map(({ billedNano }) => billedNano));
    return `${text(taken, currency)} of ${text(all, currency)}`;
  });
  return shares.join(' and ');
}

/** Sorts US dollars before other currencies, and those by their codes. */
export function dollarsFirst(a: string, b: string): number {
  if (a === 'USD' || b === 'USD') return Number(b === 'USD') - Number(a === 'USD');
  return a < b ? -1 : 1;
}
