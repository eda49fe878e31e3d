/** Which category of charge the words of a product mean, where the provider names none. */

import type { ChargeCategory } from '../domain/charge.ts';

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
