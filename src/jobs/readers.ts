/** Finds the recipients for whom an edition has news. */

import type { DeliveryAddress, DeliveryState } from '../domain/delivery.ts';
import type { Edition } from '../domain/edition.ts';
import type { ReportMessage } from '../domain/letter.ts';
import type { DeliveryLog } from '../ledger/post.ts';
import { sameRecipient } from './addresses.ts';
import { hasMaterialChange } from './corrected.ts';

type DeliveryLedger = Pick<DeliveryLog, 'deliveries' | 'editions'>;

export interface EditionNews extends Pick<Edition, 'quarter' | 'number'> {
  readonly letters: readonly ReportMessage[];
}

/** States in which a message was, or may have been, handed over. */
const HANDED_OVER: ReadonlySet<DeliveryState> = new Set(['handing', 'sent', 'ambiguous']);

/**
 * A report without changes goes only to recipients that got neither the edition it corrects nor a
 * later one. They see the quarter for the first time, or missed the earlier change.
 */
export async function findRecipientsWithNews(
  ledger: DeliveryLedger,
  { quarter, number, letters }: EditionNews,
  addresses: readonly DeliveryAddress[],
): Promise<DeliveryAddress[]> {
  const editions = await ledger.editions({ quarter });
  const earlier = editions.filter((edition) => edition.number < number);
  const received: (DeliveryAddress & { readonly number: number })[] = [];
  for (const edition of earlier) {
    const deliveries = await ledger.deliveries({ edition: edition.id });
    const handed = deliveries.filter(({ state }) => HANDED_OVER.has(state));
    received.push(...handed.map((delivery) => ({ ...delivery, number: edition.number })));
  }
  return addresses.filter((address) => {
    const letter = letters.find(
      ({ role, deployment }) => role === address.role && deployment === address.deployment,
    );
    if (letter?.corrects === undefined || hasMaterialChange(letter)) return true;
    const { edition } = letter.corrects;
    return !received.some((each) => each.number >= edition && isSameReader(each, address));
  });
}

/** Compares recipients without regard to case. */
function isSameReader(one: DeliveryAddress, other: DeliveryAddress): boolean {
  return (
    one.channel === other.channel &&
    sameRecipient(one.recipient, other.recipient) &&
    one.role === other.role &&
    one.deployment === other.deployment
  );
}
