/** Describes a change between two audits, for job results and alerts. */

import { decimal, toDecimal } from '../domain/exact.ts';
import type { MaterialChange } from '../verdict/moves.ts';

/** `whole stack: verdict from "keep" to "delete"`, `chat: spend from $10,000.00 to $14,000.00`. */
export function renderMove({ what, deployment, was, is }: MaterialChange): string {
  if (what === 'decision') {
    const [old, now] = [was, is].map((verdict) => verdict ?? 'not audited');
    return `${deployment ?? 'whole stack'}: verdict from "${old}" to "${now}"`;
  }
  const whose = deployment === undefined ? '' : `${deployment}: `;
  const unit = what === 'price' ? ' per Mtok' : '';
  return `${whose}${what} from ${amountText(was, unit)} to ${amountText(is, unit)}`;
}

function amountText(text: string | null, unit: string): string {
  if (text === null) return 'unknown';
  return `$${toDecimal(decimal(text), unit === '' ? 2 : 4)}${unit}`;
}
