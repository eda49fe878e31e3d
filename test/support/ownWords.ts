/** Reads the message to a deployment's owner. */

import { complete } from '../../src/report/words/older.ts';
import { type OwnerWords, ownerWords } from '../../src/report/words/owner.ts';
import type { Section } from '../../src/report/words/sections.ts';
import type { Audit } from '../../src/verdict/audit.ts';
import { LEADER } from './readers.ts';

/** For the first deployment by default. */
export function ownWords(stored: Audit, id?: string): OwnerWords {
  const audit = complete(stored);
  const deployment = audit.deployments.find((each) => id === undefined || each.id === id);
  if (deployment === undefined) throw new Error(`no deployment ${String(id)}`);
  return ownerWords({ audit, deployment }, LEADER);
}

export function ownSection(audit: Audit, title: string, id?: string): Section | undefined {
  return ownWords(audit, id).sections.find((section) => section.title === title);
}
