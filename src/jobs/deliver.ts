/** Delivers an edition to its recipients, each message once, and reports what was not sent. */

import { z } from 'zod';
import type { Delivery } from '../domain/delivery.ts';
import type { Edition } from '../domain/edition.ts';
import { Failure } from '../domain/failure.ts';
import { DAY_MS, instantText } from '../domain/period.ts';
import {
  addressesOf,
  reportConfig,
  requireKnown,
  sameRecipient,
  wantedAddresses,
} from './addresses.ts';
import type { JobContext } from './context.ts';
import { settleDoubts } from './doubts.ts';
import { handDelivery, type Hands, LEASE_MS } from './handing.ts';
import type { Answer, Job } from './job.ts';
import { frozenMailing, type Mailing, parcelFor, type Sender, senderOf } from './mailing.ts';
import { tellOwner } from './notice.ts';
import { readersOf } from './readers.ts';
import { HANDED_OUT } from './reported.ts';

const payload = z.strictObject({
  /** `2026-Q3.1`. */
  edition: z.string(),
  /** One recipient alone, instead of everybody. */
  to: z.string().optional(),
});

interface ByHand {
  /** A person at this machine may send to anybody; a payload from a queue only to known readers. */
  readonly anybody?: boolean;
}

type Wish = z.output<typeof payload> & ByHand;

export interface DeliverResult {
  readonly edition: string;
  /** What was asked for: of everybody, or of one recipient. */
  readonly deliveries: readonly Delivery[];
}

/** `deliver {edition, to?}`: may be repeated at will, by any number of workers. */
export const deliverJob: Job<Wish, DeliverResult> = {
  name: 'deliver',
  payload,
  async run(context, { edition: id, to, anybody = false }) {
    const edition = await editionNamed(context, id);
    const mailing = await frozenMailing(context, edition);
    const sender = senderOf(context);
    const addresses = addressesOf(reportConfig(context), mailing.letters);
    const { ledger, clock } = context;
    await settleDoubts(context);
    // Who was named once, however he is spelled now, is no other one.
    const planned = await ledger.deliveries({ edition: id });
    const known = [...addresses, ...planned];
    if (to !== undefined && !anybody) requireKnown(known, to);
    const named = wantedAddresses(known, to);
    const telling = { ...edition, letters: mailing.letters };
    // Who is asked for by name gets it, whatever it tells him.
    const readers = to === undefined ? await readersOf(ledger, telling, named) : named;
    await ledger.planDeliveries(id, readers, clock.nowMs());
    if (to === undefined) await handedOut(context, edition);
    for (const delivery of await wanted(context, id, to)) {
      if (isOpen(delivery)) await send(context, { delivery, mailing, sender });
    }
    const untold = await tellOwner(context);
    const isTold = named.length > 0 && readers.length === 0;
    return answerOf(await wanted(context, id, to), { edition: id, untold, isTold });
  },
  figures: ({ edition, deliveries }) => ({ edition, ...countsOf(deliveries) }),
  // Past the five days after which the last letter is given up.
  patienceMs: 7 * DAY_MS,
};

/** How many letters are in which state. */
function countsOf(deliveries: readonly Delivery[]): Record<string, number> {
  const states = Object.groupBy(deliveries, ({ state }) => state);
  return Object.fromEntries(Object.entries(states).map(([state, some]) => [state, some.length]));
}

async function editionNamed({ ledger }: JobContext, id: string): Promise<Edition> {
  const edition = await ledger.edition(id);
  if (edition !== undefined) return edition;
  throw new Failure('no-data', `Unknown edition ${id}`, {
    expected: 'an edition like 2026-Q3.1',
    hint: 'list the editions: rentcheck sql "SELECT edition FROM edition_by_quarter"',
  });
}

/** From now on the dead man knows that nobody was forgotten. */
async function handedOut({ ledger, clock }: JobContext, { quarter }: Edition): Promise<void> {
  const nowMs = clock.nowMs();
  await ledger.markDone({ line: HANDED_OUT, subject: quarter, dueAtMs: nowMs }, nowMs);
}

async function wanted(
  { ledger }: JobContext,
  edition: string,
  to: string | undefined,
): Promise<Delivery[]> {
  const all = await ledger.deliveries({ edition });
  return all.filter(({ recipient }) => to === undefined || sameRecipient(recipient, to));
}

function isOpen({ state }: Delivery): boolean {
  return state === 'waiting' || state === 'deferred';
}

async function send(
  context: JobContext,
  { delivery, mailing, sender }: { delivery: Delivery; mailing: Mailing; sender: Sender },
): Promise<void> {
  const { ledger, clock, worker, channel } = context;
  context.progress(`sending ${delivery.id} to ${delivery.recipient}`);
  const hands: Hands = { post: ledger, clock, worker, leaseMs: LEASE_MS, channel };
  await handDelivery(hands, delivery, async (open) => {
    const parcel = await parcelFor(mailing, delivery, sender);
    return { messageId: parcel.messageId, bytes: await open.prepare(parcel) };
  });
}

interface Summary {
  readonly edition: string;
  /** What the owner could not be told. */
  readonly untold: readonly string[];
  /** True where nothing in it is new to anybody. */
  readonly isTold: boolean;
}

function answerOf(
  deliveries: readonly Delivery[],
  { edition, untold, isTold }: Summary,
): Answer<DeliverResult> {
  const result = { edition, deliveries };
  const nobody = isTold
    ? `${edition} has no news for any recipient. To send it anyway, name a recipient with --to.`
    : `${edition} has no recipients any more`;
  const none = deliveries.length === 0 ? [nobody] : [];
  const shortfalls = [...none, ...deliveries.flatMap(shortfallOf), ...untold];
  const again = deliveries.flatMap(({ nextTryAtMs, leaseUntilMs }) => {
    return nextTryAtMs ?? leaseUntilMs ?? [];
  });
  if (again.length === 0) return { kind: 'done', result, shortfalls };
  return { kind: 'later', atMs: Math.min(...again), reason: shortfalls.join('; '), result };
}

/** What is not sent, in a sentence. */
function shortfallOf(delivery: Delivery): string[] {
  const { id, recipient, state, reply, nextTryAtMs } = delivery;
  if (state === 'sent') return [];
  const to = `${id} to ${recipient}`;
  const said = reply === undefined ? '' : `: ${reply}`;
  if (state === 'ambiguous') {
    const command = `rentcheck send --resolve ${id} --as sent|send-again --note WHY`;
    return [`${to} may or may not have arrived${said}. Ask the recipient, then run: ${command}`];
  }
  const until = nextTryAtMs === undefined ? '' : `, next attempt ${instantText(nextTryAtMs)}`;
  return [`${to} is ${state}${until}${said}`];
}
