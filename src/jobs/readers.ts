/** To whom of those who are named an edition tells anything that they were not told. */

import type { Address, DeliveryState } from '../domain/delivery.ts';
import type { Edition } from '../domain/edition.ts';
import type { ReportLetter } from '../domain/letter.ts';
import type { Post } from '../ledger/post.ts';
import { sameRecipient } from './addresses.ts';
import { isNews } from './corrected.ts';

type Books = Pick<Post, 'deliveries' | 'editions'>;

export interface Telling extends Pick<Edition, 'quarter' | 'number'> {
  readonly letters: readonly ReportLetter[];
}

/** Handed over, as far as anybody knows. */
const TOLD: ReadonlySet<DeliveryState> = new Set(['handing', 'sent', 'ambiguous']);

/**
 * A letter in which nothing moved goes only to who did not get the edition that it corrects, or one
 * since: he reads the quarter for the first time, or missed what moved before.
 */
export async function readersOf(
  ledger: Books,
  { quarter, number, letters }: Telling,
  addresses: readonly Address[],
): Promise<Address[]> {
  const editions = await ledger.editions({ quarter });
  const earlier = editions.filter((edition) => edition.number < number);
  const told: (Address & { readonly number: number })[] = [];
  for (const edition of earlier) {
    const deliveries = await ledger.deliveries({ edition: edition.id });
    const handed = deliveries.filter(({ state }) => TOLD.has(state));
    told.push(...handed.map((delivery) => ({ ...delivery, number: edition.number })));
  }
  return addresses.filter((address) => {
    const letter = letters.find(
      ({ role, deployment }) => role === address.role && deployment === address.deployment,
    );
    if (letter?.corrects === undefined || isNews(letter)) return true;
    const { edition } = letter.corrects;
    return !told.some((each) => each.number >= edition && isSame(each, address));
  });
}

/** However the recipient is spelled today. */
function isSame(one: Address, other: Address): boolean {
  return (
    one.channel === other.channel &&
    sameRecipient(one.recipient, other.recipient) &&
    one.role === other.role &&
    one.deployment === other.deployment
  );
}
