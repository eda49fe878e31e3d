/** Parses the amounts of a stored audit, each once: sections calculate with them and print. */

import type { Exact } from '../../domain/exact.ts';
import type { AuditDetail } from '../../verdict/audit.ts';
import { knownAmount } from '../format.ts';

/** A part of an audit with its amounts as exact numbers. Unknown amounts are undefined. */
export type Reading<Stored> = Stored extends object
  ? {
      readonly [Field in keyof Stored]: Field extends Kept
        ? Stored[Field]
        : Field extends Dollars | Ratio
          ? Amount<Stored[Field]>
          : Reading<Stored[Field]>;
    }
  : Stored;

type Amount<Text> = [Text] extends [string]
  ? Exact
  : [Text] extends [string | null | undefined]
    ? Exact | undefined
    : Reading<Text>;

/** Dollars have `usd` in their name: `spendUsd`, `hostedUsdPerMtok`, `usd`. */
type Dollars = `${string}Usd` | `${string}UsdPer${string}` | `usd${string}`;

const DOLLARS = /^usd|Usd$|UsdPer/;

type Ratio = (typeof RATIO_NAMES)[number];

/** Shares, probabilities, hours and other figures without a unit in their name. */
const RATIO_NAMES = [
  'base',
  'busyFraction',
  'captureRate',
  'change',
  'comparedHours',
  'coverage',
  'difference',
  'dramActive',
  'flipsAt',
  'gpuUtil',
  'high',
  'hostedPricePerWeek',
  'low',
  'ours',
  'paidReplicaHours',
  'probability',
  'remainingMonths',
  'seconds',
  'share',
  'tensorActive',
  'today',
  'tokensPerWeek',
  'unattributedShare',
  'unbilledShare',
  'utilization',
  'workedFraction',
] as const;

const RATIOS: ReadonlySet<string> = new Set(RATIO_NAMES);

/**
 * Fields that stay as stored: facts for sentences, endpoints that are only counted, and inputs
 * whose ends may be words.
 */
type Kept = 'detail' | `${string}Detail` | `${string}Details` | 'considered' | 'sensitivity';

const KEPT = /^detail$|Details?$|^considered$|^sensitivity$/;

export function parseAmounts<Stored>(stored: Stored): Reading<Stored> {
  return readField('', stored) as Reading<Stored>;
}

/** The figures by day with their amounts as numbers. Hours have no amounts. */
export function parseDetail({ days, load }: AuditDetail): DetailReading {
  return { days: parseAmounts(days), load };
}

export type DetailReading = Reading<AuditDetail>;

function readField(field: string, value: unknown): unknown {
  if (typeof value === 'string' || value === null) {
    return RATIOS.has(field) || DOLLARS.test(field) ? knownAmount(value) : value;
  }
  if (typeof value !== 'object' || KEPT.test(field)) return value;
  if (Array.isArray(value)) return value.map((each: unknown) => readField('', each));
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, readField(name, each)]),
  );
}
