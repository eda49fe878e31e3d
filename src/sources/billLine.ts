/** Categories of bill lines by keyword, and a check of their signs. */

import type { ChargeCategory } from '../domain/charge.ts';
import { decimal, multiply } from '../domain/exact.ts';

/** Order matters: `GPU volume` is storage, and `GPU endpoint tokens` are hosted. */
const WORDS: readonly (readonly [RegExp, ChargeCategory])[] = [
  [/\btax|\bvat\b|\bgst\b/i, 'tax'],
  [/credit|promo|refund|adjustment/i, 'credit'],
  [/token|serverless inference|inference[ _-]api/i, 'hosted'],
  [/disk|ssd|storage|snapshot|volume|image|bucket|backup|spaces|registry/i, 'storage'],
  [/egress|ingress|network|bandwidth|balancer|transfer|(?:^|[-_ ])ips?(?:$|[-_ ])/i, 'network'],
  [/gpu|cpu|droplet|instance|(?:^|[-_ ])vm|machine|node|slice/i, 'compute'],
  [/cluster|kubernetes|endpoint|inference/i, 'compute'],
];

/**
 * The category of a product name. Unmatched products are fees, which are paid but belong to no GPU.
 */
export function productCategory(product: string): ChargeCategory {
  return WORDS.find(([pattern]) => pattern.test(product))?.[1] ?? 'fee';
}

/** The fault of a cost whose sign differs from that of quantity × price: an error, not a credit. */
export function signFault(line: {
  readonly cost: string;
  readonly quantity: string;
  readonly unitPrice: string | null | undefined;
}): string | undefined {
  const listCost = multiply(decimal(line.quantity), decimal(line.unitPrice ?? '0'));
  if (listCost.num * decimal(line.cost).num >= 0n) return undefined;
  return 'cost: expected an amount with the sign of quantity × unit_price';
}
