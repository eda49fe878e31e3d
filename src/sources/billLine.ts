/** What lines of bills have in common: categories by words, and amounts that fit quantities. */

import type { ChargeCategory } from '../domain/charge.ts';
import { decimal, multiply } from '../domain/exact.ts';

/** In this order, for `GPU volume` is storage and `GPU endpoint tokens` are hosted. */
const WORDS: readonly (readonly [RegExp, ChargeCategory])[] = [
  [/\btax|\bvat\b|\bgst\b/i, 'tax'],
  [/credit|promo|refund|adjustment/i, 'credit'],
  [/token|serverless inference|inference[ _-]api/i, 'hosted'],
  [/disk|ssd|storage|snapshot|volume|image|bucket|backup|spaces|registry/i, 'storage'],
  [/egress|ingress|network|bandwidth|balancer|transfer|(?:^|[-_ ])ips?(?:$|[-_ ])/i, 'network'],
  [/gpu|cpu|droplet|instance|(?:^|[-_ ])vm|machine|node|slice/i, 'compute'],
  [/cluster|kubernetes|endpoint|inference/i, 'compute'],
];

/** A product that none of the words fits is a fee: it is paid, and for no GPU. */
export function categoryOf(product: string): ChargeCategory {
  return WORDS.find(([words]) => words.test(product))?.[1] ?? 'fee';
}

/** What is wrong with a cost of the other sign than its quantity and price: a slip, no credit. */
export function signFault(line: {
  readonly cost: string;
  readonly quantity: string;
  readonly unitPrice: string | null | undefined;
}): string | undefined {
  const expected = multiply(decimal(line.quantity), decimal(line.unitPrice ?? '0'));
  if (expected.num * decimal(line.cost).num >= 0n) return undefined;
  return 'cost: expected an amount with the sign of quantity × unit_price';
}
