/** Which edition each reader of the next one was last told anything new by. */

import type { Edition } from '../domain/edition.ts';
import type { Exact } from '../domain/exact.ts';
import type { ReaderRole, ReportLetter } from '../domain/letter.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Post } from '../ledger/post.ts';
import type { ReportInput } from '../report/input.ts';
import type { Corrected } from '../report/words/correction.ts';
import type { Audit } from '../verdict/audit.ts';
import { materialMoves, type Move } from '../verdict/moves.ts';

export type CorrectedEditions = Pick<ReportInput, 'corrects' | 'correctsOwners'>;

type Books = Pick<Post, 'editionContent'> & Pick<Ledger, 'loadAudit'>;

/**
 * What a reader did not see change was not mailed to him: so many small moves add up until they are
 * told. `earlier` are the editions before, the newest first; `audit` is what the next one tells.
 */
export async function correctedBy(
  ledger: Books,
  earlier: readonly Edition[],
  audit: Audit,
): Promise<CorrectedEditions> {
  const told = await toldEditions(ledger, earlier);
  const corrects = told.find(({ letters }) => hasNews(letters, 'leader')) ?? told[0];
  if (corrects === undefined) return {};
  const owners = audit.deployments.flatMap(({ id }) => {
    const own = told.find(({ letters }) => hasNews(letters, 'owner', id)) ?? corrects;
    return own.number === corrects.number ? [] : [[id, correctedOf(own)] as const];
  });
  return {
    corrects: correctedOf(corrects),
    ...(owners.length === 0 ? {} : { correctsOwners: new Map(owners) }),
  };
}

interface ToldEdition extends Corrected {
  readonly letters: readonly ReportLetter[];
}

function correctedOf({ number, audit }: ToldEdition): Corrected {
  return { number, audit };
}

async function toldEditions(ledger: Books, earlier: readonly Edition[]): Promise<ToldEdition[]> {
  const told: ToldEdition[] = [];
  for (const { id, number, runId } of earlier) {
    const record = await ledger.loadAudit({ runId });
    if (record === undefined) continue;
    const { letters } = await ledger.editionContent(id);
    told.push({ number, letters, audit: JSON.parse(record.auditJson) as Audit });
  }
  return told;
}

function hasNews(letters: readonly ReportLetter[], role: ReaderRole, deployment?: string) {
  const letter = letters.find((each) => each.role === role && each.deployment === deployment);
  return letter !== undefined && isNews(letter);
}

/** A first edition's, and one that tells of a move. */
export function isNews({ corrects }: Pick<ReportLetter, 'corrects'>): boolean {
  return corrects === undefined || corrects.isMaterial;
}

/** What moved for any reader since he was last told anything new, each move once. */
export function movesForReaders(
  audit: Audit,
  { corrects, correctsOwners = new Map<string, Corrected>() }: CorrectedEditions,
  minUsd: Exact,
): Move[] {
  if (corrects === undefined) return [];
  const forAll = materialMoves(corrects.audit, audit, minUsd);
  const own = [...correctsOwners].flatMap(([id, { audit: before }]) =>
    materialMoves(before, audit, minUsd).filter(({ deployment }) => deployment === id),
  );
  const keyOf = ({ what, deployment = '' }: Move) => JSON.stringify([what, deployment]);
  return [...new Map([...own, ...forAll].map((move) => [keyOf(move), move])).values()];
}
