/** Knows how a plan is put in words: for one model, for several alike, and for a mixture. */

import type { OptionName } from '../../economics/offer.ts';
import { counted } from '../format.ts';
import { shownName } from '../label.ts';
import type { Change } from './reading.ts';

type ChangeName = Exclude<OptionName, 'keep'>;

/** What is done to `it`, in the imperative. */
const DOING: Readonly<Record<ChangeName, (it: string) => string>> = {
  delete: (it) => `delete ${it}`,
  hybrid: (it) => `run ${it} as a hybrid`,
  serverless: (it) => `move ${it} to serverless`,
  move: (it) => `move ${it} to a cheaper GPU rate`,
  spot: (it) => `move ${it} to spot machines`,
  'right-size': (it) => `right-size ${it}`,
  'bring-back': (it) => `bring back to ${it} what is bought elsewhere`,
};

/**
 * The plan in one phrase: `delete chat-70b`, `delete 2 of 4 self-hosted models`, or for a mixture
 * `change 3 of 4 self-hosted models (2 delete, 1 hybrid)`. Empty when nothing changes.
 */
export function planPhrase(changes: readonly Change[], deployments: number): string {
  const [first] = changes;
  if (first === undefined) return '';
  const kinds = kindsOf(changes);
  if (deployments === 1) return doing(first.option, shownName(first.deployment.id));
  const which =
    changes.length === deployments ? `all ${deployments}` : `${changes.length} of ${deployments}`;
  const models = `${which} self-hosted models`;
  if (kinds.length === 1) return doing(first.option, models);
  return `change ${models} (${kinds.map(([name, count]) => `${count} ${name}`).join(', ')})`;
}

/** `chat-70b`, `all 4 self-hosted models`. */
export function everyModel(ids: readonly string[]): string {
  const [only] = ids;
  if (only !== undefined && ids.length === 1) return shownName(only);
  return `all ${counted(ids.length, 'self-hosted model')}`;
}

export function doing(option: OptionName, it: string): string {
  return option === 'keep' ? `keep ${it}` : DOING[option](it);
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** How often each option is taken, the most frequent first. */
function kindsOf(changes: readonly Change[]): [OptionName, number][] {
  const counts = new Map<OptionName, number>();
  for (const { option } of changes) counts.set(option, (counts.get(option) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}
