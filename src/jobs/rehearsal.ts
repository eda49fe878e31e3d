/** Knows what would be sent, to look at; and a mail to oneself, marked as a test. */

import type { Address, DeliveryState, Handed } from '../domain/delivery.ts';
import { editionId } from '../domain/edition.ts';
import { Failure } from '../domain/failure.ts';
import {
  addressesOf,
  leaderByMail,
  reportConfig,
  sameAddress,
  wantedAddresses,
} from './addresses.ts';
import type { JobContext } from './context.ts';
import { nextEdition, requireWhole } from './freezing.ts';
import { frozenMailing, type Mailing, parcelFor, senderOf } from './mailing.ts';
import { readersOf } from './readers.ts';
import { renderAudit } from './rendering.ts';
import { storedAudit } from './report.ts';

export interface RehearsalWish {
  readonly quarter?: string | undefined;
  readonly to?: string | undefined;
}

export interface RehearsedLetter extends Address {
  readonly subject: string;
  /** What became of it, where the edition is frozen and this letter planned. */
  readonly state?: DeliveryState;
  /** As it would go out. */
  readonly message: Uint8Array;
  /** `eml`, or `json` for a chat. */
  readonly extension: string;
}

export interface Rehearsal {
  readonly edition: string;
  readonly isFrozen: boolean;
  readonly letters: readonly RehearsedLetter[];
}

/** Makes every message that would go out; nothing is stored, and nobody is asked. */
export async function rehearse(context: JobContext, wish: RehearsalWish): Promise<Rehearsal> {
  const { mailing, isFrozen, telling } = await mailingOf(context, wish.quarter);
  const sender = senderOf(context);
  const planned = isFrozen ? await context.ledger.deliveries({ edition: mailing.id }) : [];
  const addresses = addressesOf(reportConfig(context), mailing.letters);
  const letters: RehearsedLetter[] = [];
  const named = wantedAddresses(addresses, wish.to);
  const asked = wish.to !== undefined;
  for (const address of asked ? named : await readersOf(context.ledger, telling, named)) {
    const channel = await context.channel(address.channel);
    const parcel = await parcelFor(mailing, address, sender);
    const message = await channel.prepare(parcel);
    const known = planned.find((delivery) => sameAddress(delivery, address));
    const state = known === undefined ? {} : { state: known.state };
    const extension = CHATS.includes(channel.kind) ? 'json' : 'eml';
    letters.push({ ...address, subject: parcel.letter.subject, ...state, message, extension });
  }
  return { edition: mailing.id, isFrozen, letters };
}

const CHATS = ['slack', 'teams'];

/** The edition of the quarter's newest audit, or what it would be. */
async function mailingOf(context: JobContext, quarter: string | undefined) {
  const record = await storedAudit(context, { quarter });
  const name = requireWhole(record);
  const { ledger, clock } = context;
  const [edition] = await ledger.editions({ quarter: name, runId: record.runId });
  if (edition !== undefined) {
    const mailing = await frozenMailing(context, edition);
    return { mailing, isFrozen: true, telling: { ...mailing, ...edition } };
  }
  const words = await nextEdition(context, name, record);
  const { letters, brief, files } = await renderAudit(context, record, words);
  const mailing: Mailing = {
    letters,
    brief,
    id: editionId(name, words.edition),
    digest: 'not frozen',
    dateMs: clock.nowMs(),
    file: async (wanted) => files.find((file) => file.name === wanted),
  };
  const telling = { quarter: name, number: words.edition, letters };
  return { mailing, isFrozen: false, telling };
}

export interface TestMail {
  readonly to: string;
  readonly subject: string;
  readonly handed: Handed;
}

/** The leaders' letter to one reader, `[test]` before its subject; no edition, no delivery. */
export async function sendTest(context: JobContext, wish: RehearsalWish): Promise<TestMail> {
  const { owner } = reportConfig(context);
  const to = wish.to ?? owner;
  if (to === undefined) throw nobodyToTest();
  const { mailing } = await mailingOf(context, wish.quarter);
  const nowMs = context.clock.nowMs();
  // Its own id each time: a test that a mail program takes for the last one tests nothing.
  const test = { ...mailing, digest: `test at ${nowMs}`, dateMs: nowMs };
  const address = leaderByMail(to);
  const parcel = await parcelFor(test, address, senderOf(context));
  const subject = `[test] ${parcel.letter.subject}`;
  const channel = await context.channel(address.channel);
  const message = await channel.prepare({ ...parcel, letter: { ...parcel.letter, subject } });
  const handing = { recipient: to, beforeHandOver: () => Promise.resolve() };
  return { to, subject, handed: await channel.hand(message, handing) };
}

function nobodyToTest(): Failure {
  return new Failure('usage', 'nobody is named to send a test to', {
    expected: '--to ADDRESS, or report.owner in the config',
    hint: 'e.g. rentcheck send --test --to me@example.com',
  });
}
