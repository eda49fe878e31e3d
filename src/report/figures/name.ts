/** Knows how a figure is called in words, by its id. */

import type { Audit } from '../../verdict/audit.ts';
import { shownName } from '../label.ts';
import { capital } from '../words/plan.ts';
import { figureId } from './id.ts';

/** `stack.saving.low` is `Saving, low`; `chat-70b.options.delete.cost` keeps whose it is first. */
export function figureName(id: string, { deployments }: Audit): string {
  const owner = deployments.find((each) => id.startsWith(`${figureId(each.id)}.`));
  if (owner === undefined) return capital(inWords(id.replace(/^stack\./, '')));
  return `${shownName(owner.id)}: ${inWords(id.slice(figureId(owner.id).length + 1))}`;
}

function inWords(path: string): string {
  return path.replaceAll('.', ', ').replaceAll('-', ' ');
}
