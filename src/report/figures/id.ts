/** Knows how a figure's id is made of the fields of `report.json`, so that it stays the same. */

import { oneLine } from '../label.ts';

/** Ids that are not a deployment's. */
const RESERVED: ReadonlySet<string> = new Set(['stack', 'chart']);

/** A name as part of an id; one that would read as another figure's is marked. */
export function figureId(name: string): string {
  const id = oneLine(name, 64).replace(/\s+/g, '-') || 'unnamed';
  return RESERVED.has(id) ? `deployment:${id}` : id;
}

/**
 * `savingUsd` below `stack` is `stack.saving`, `effectiveUsdPerMtok` is `stack.effective-price`,
 * `base` is the figure itself.
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
