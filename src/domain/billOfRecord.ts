/** Rules from config for charges that two sources both bill. */

import type { Charge, ChargeCategory } from './charge.ts';
import { matchesGlob } from './glob.ts';
import type { NanoUsd } from './money.ts';

/** All given keys must match. Without keys it matches everything of the source. */
export interface RecordMatch {
  readonly id?: string;
  readonly category?: ChargeCategory;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface RecordRule {
  /** The source whose bill counts. */
  readonly source: string;
  /** The source whose bill of the same charges is ignored. */
  readonly insteadOf: string;
  readonly match: RecordMatch;
}

/** Charges of the period that one rule left out. */
export interface LeftOutCharges {
  readonly sourceId: string;
  readonly recordId: string;
  readonly categories: readonly ChargeCategory[];
  readonly nanoUsd: NanoUsd;
}

type ChargeFields = Pick<Charge, 'sourceId' | 'resourceId' | 'category' | 'tags'>;

/** The first rule that excludes a charge; `undefined` if the charge counts. */
export function findRecordRule(
  rules: readonly RecordRule[],
  charge: ChargeFields,
): RecordRule | undefined {
  if (rules.length === 0) return undefined;
  return rules.find(
    ({ insteadOf, match }) => insteadOf === charge.sourceId && matches(match, charge),
  );
}

function matches({ id, category, tags = {} }: RecordMatch, charge: ChargeFields): boolean {
  if (category !== undefined && category !== charge.category) return false;
  if (id !== undefined && !matchesGlob(id, charge.resourceId)) return false;
  return Object.entries(tags).every(([name, pattern]) => {
    const value = charge.tags?.[name];
    return value !== undefined && matchesGlob(pattern, value);
  });
}
