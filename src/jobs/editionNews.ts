/** Finds the edition from which each recipient last got news, which the next edition corrects. */

import type { Edition, RecipientRole, ReportMessage } from '../domain/edition.ts';
import type { Exact } from '../domain/exact.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { ReportInput } from '../report/input.ts';
import type { CorrectedEdition } from '../report/sections/correction.ts';
import type { Audit } from '../verdict/audit.ts';
import { findMaterialChanges, type MaterialChange } from '../verdict/materialChanges.ts';
import type { DeliveryAddress, DeliveryState } from '../domain/delivery.ts';
import { sameRecipient } from './recipients.ts';

export type CorrectedEditions = Pick<ReportInput, 'corrects' | 'correctsOwners'>;

type EditionLedger = Pick<Ledger, 'audits' | 'deliveries'>;

/**
 * A change too small to report was not sent, so small changes add up until they are reported.
 * `earlier` lists the earlier editions, newest first; `audit` is the audit of the next edition.
 */
export async function findCorrectedEditions(
  ledger: EditionLedger,
  earlier: readonly Edition[],
  audit: Audit,
): Promise<CorrectedEditions> {
  const reported = await loadReported(ledger, earlier);
  const corrects = reported.find(({ letters }) => hasNews(letters, 'leader')) ?? reported[0];
  if (corrects === undefined) return {};
  const owners = audit.deployments.flatMap(({ id }) => {
    const own = reported.find(({ letters }) => hasNews(letters, 'owner', id)) ?? corrects;
    return own.number === corrects.number ? [] : [[id, toCorrected(own)] as const];
  });
  return {
    corrects: toCorrected(corrects),
    ...(owners.length === 0 ? {} : { correctsOwners: new Map(owners) }),
  };
}

interface ReportedEdition extends CorrectedEdition {
  readonly letters: readonly ReportMessage[];
}

function toCorrected({ number, audit }: ReportedEdition): CorrectedEdition {
  return { number, audit };
}

async function loadReported(
  ledger: EditionLedger,
  earlier: readonly Edition[],
): Promise<ReportedEdition[]> {
  const reported: ReportedEdition[] = [];
  for (const { id, number, runId } of earlier) {
    const record = await ledger.audits.load({ runId });
    if (record === undefined) continue;
    const { letters } = await ledger.deliveries.editionContent(id);
    reported.push({ number, letters, audit: JSON.parse(record.auditJson) as Audit });
  }
  return reported;
}

function hasNews(letters: readonly ReportMessage[], role: RecipientRole, deployment?: string) {
  const letter = letters.find((each) => each.role === role && each.deployment === deployment);
  return letter !== undefined && hasMaterialChange(letter);
}

/** True for a report of a first edition, and for one with a material change. */
export function hasMaterialChange({ corrects }: Pick<ReportMessage, 'corrects'>): boolean {
  return corrects === undefined || corrects.isMaterial;
}

/** Returns every change for any recipient since the last news, each change once. */
export function findMaterialMoves(
  audit: Audit,
  { corrects, correctsOwners = new Map<string, CorrectedEdition>() }: CorrectedEditions,
  minUsd: Exact,
): MaterialChange[] {
  if (corrects === undefined) return [];
  const forAll = findMaterialChanges(corrects.audit, audit, minUsd);
  const own = [...correctsOwners].flatMap(([id, { audit: before }]) =>
    findMaterialChanges(before, audit, minUsd).filter(({ deployment }) => deployment === id),
  );
  const keyOf = ({ what, deployment = '' }: MaterialChange) => JSON.stringify([what, deployment]);
  return [...new Map([...own, ...forAll].map((move) => [keyOf(move), move])).values()];
}

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
  ledger: Pick<Ledger, 'deliveries'>,
  { quarter, number, letters }: EditionNews,
  addresses: readonly DeliveryAddress[],
): Promise<DeliveryAddress[]> {
  const editions = await ledger.deliveries.editions({ quarter });
  const earlier = editions.filter((edition) => edition.number < number);
  const received: (DeliveryAddress & { readonly number: number })[] = [];
  for (const edition of earlier) {
    const deliveries = await ledger.deliveries.list({ edition: edition.id });
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
