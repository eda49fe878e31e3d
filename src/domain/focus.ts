/** The columns of FOCUS 1.0 to 1.4 that a bill in that format is read by. */

import { sumNano } from './money.ts';

/** Of these a row must have each. */
export const FOCUS_REQUIRED = [
  'BilledCost',
  'BillingCurrency',
  'ChargeCategory',
  'ChargePeriodStart',
  'ChargePeriodEnd',
] as const;

/** Amounts, units and dates: they say how much, not of what. */
export const FOCUS_AMOUNTS = [
  'ListCost',
  'EffectiveCost',
  'ConsumedQuantity',
  'ConsumedUnit',
  'PricingQuantity',
  'PricingUnit',
] as const;

/** What a row is of. A charge keeps its identity while these stay as they are. */
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

/** What may be told later, or be renamed: not part of the identity. */
export const FOCUS_WORDS = [
  'InvoiceId',
  'RegionName',
  'ResourceName',
  'ResourceType',
  'SkuPriceDetails',
  'SubAccountName',
  'Tags',
] as const;

/** Which bill a row stands in: part of the identity of a correction alone. */
export const FOCUS_BILLS = ['BillingPeriodStart'] as const;

/** All that is read of a bill. */
export const FOCUS_COLUMNS = [
  ...FOCUS_REQUIRED,
  ...FOCUS_AMOUNTS,
  ...FOCUS_IDENTITY,
  ...FOCUS_WORDS,
  ...FOCUS_BILLS,
] as const;

export type FocusColumn = (typeof FOCUS_COLUMNS)[number];

/** Columns by which rows may be chosen. */
export const FOCUS_CHOICE = [
  'ChargeCategory',
  ...FOCUS_IDENTITY,
  ...FOCUS_WORDS.filter((name) => name !== 'Tags' && name !== 'SkuPriceDetails'),
] as const satisfies readonly FocusColumn[];

/**
 * Rows to take of a bill: each column here must fit its glob, e.g.
 * `{ ServiceName: 'Amazon Elastic Compute*' }`. A tag is `Tags.team`.
 */
export type FocusRule = Readonly<Record<string, string>>;

/** A column of {@link FOCUS_CHOICE}, or one tag. */
export function isFocusChoice(name: string): boolean {
  return FOCUS_CHOICE.some((column) => column === name) || /^Tags\.\S/.test(name);
}

/** What a bill has of one service, and how much of it was taken. */
export interface FocusLine {
  readonly category: string;
  readonly service: string;
  readonly rows: number;
  /** Of the amounts, which are billionths of one unit. */
  readonly currency: string;
  readonly billedNano: bigint;
  readonly takenRows: number;
  readonly takenNano: bigint;
}

/** `$1.00 of $2.00`, and so on for each currency that the lines have. */
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

function dollarsFirst(a: string, b: string): number {
  if (a === 'USD' || b === 'USD') return Number(b === 'USD') - Number(a === 'USD');
  return a < b ? -1 : 1;
}
