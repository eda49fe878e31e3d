/** Builds stable figure ids from the fields of `report.json`. */

import { oneLine } from '../label.ts';

/** Ids that a deployment cannot have. */
const RESERVED: ReadonlySet<string> = new Set(['stack', 'chart']);

/** Converts a name to a part of an id. A reserved name gets a prefix. */
export function figureId(name: string): string {
  const id = oneLine(name, 64).replace(/\s+/g, '-') || 'unnamed';
  return RESERVED.has(id) ? `deployment:${id}` : id;
}

/**
 * Id of a field: `savingUsd` in `stack` is `stack.saving`, `effectiveUsdPerMtok` is
 * `stack.effective-price`, and `base` has the id of its container.
 */
export function fieldId(holder: string, field: string): string {
  if (field === 'base') return holder;
  const words = field
    .replace(/UsdPerMtok$/, 'Price')
    .replace(/^usdPerMtok$/, 'price')
    .replace(/Usd(?=$|Per|By)/, '')
    .replace(/^usd(?=$|Per)/, 'amount');
  const kebab = words.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return `${holder}.${kebab.replace(/^-/, '')}`;
}
