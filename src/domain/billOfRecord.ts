/** Which source's bill counts where two bill the same, as the config says. */

import type { Charge, ChargeCategory } from './charge.ts';
import { matchesGlob } from './glob.ts';
import type { NanoUsd } from './money.ts';

/** All given keys must fit; without any it is everything of the source. */
export interface RecordMatch {
  readonly id?: string;
  readonly category?: ChargeCategory;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface RecordRule {
  /** Whose bill counts. */
  readonly source: string;
  /** Whose bill of the same does not. */
  readonly insteadOf: string;
  readonly match: RecordMatch;
}

/** What one rule left out of the window. */
export interface LeftOut {
  readonly sourceId: string;
  readonly recordId: string;
  readonly categories: readonly ChargeCategory[];
  readonly nanoUsd: NanoUsd;
}

type Thing = Pick<Charge, 'sourceId' | 'resourceId' | 'category' | 'tags'>;

/** The first rule that a charge falls under; `undefined` where it counts. */
export function ruleFor(rules: readonly RecordRule[], thing: Thing): RecordRule | undefined {
  if (rules.length === 0) return undefined;
  return rules.find(({ insteadOf, match }) => insteadOf === thing.sourceId && fits(match, thing));
}

function fits({ id, category, tags = {} }: RecordMatch, thing: Thing): boolean {
  if (category !== undefined && category !== thing.category) return false;
  if (id !== undefined && !matchesGlob(id, thing.resourceId)) return false;
  return Object.entries(tags).every(([name, pattern]) => {
    const value = thing.tags?.[name];
    return value !== undefined && matchesGlob(pattern, value);
  });
}
