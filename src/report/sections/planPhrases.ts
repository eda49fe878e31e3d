/** Renders a plan: which deployments it changes, and how. */

import { changePhrase } from '../copy/changes.ts';
import { listed } from '../copy/figures.ts';
import { counted } from '../format.ts';
import { shownName } from '../displayText.ts';
import type { DeploymentChange } from './auditReading.ts';
import type { Reader } from '../locale.ts';

interface PhraseOptions {
  /** Maximum number of named deployments. Others are counted. */
  readonly most: number;
  readonly joint: 'and' | 'comma';
}

/**
 * The plan in one phrase, grouped by option in the order of the changes: `cap code and delete
 * docs`, `delete a, b and 12 more`. If the unnamed ones change in other ways: `delete a and change
 * 12 more`. Empty if nothing changes.
 */
export function changesPhrase(
  changes: readonly DeploymentChange[],
  { most, joint }: PhraseOptions,
  reader: Reader,
): string {
  const [shown, rest] = [changes.slice(0, most), changes.slice(most)];
  if (shown.length === 0) {
    return rest.length === 0 ? '' : `change ${counted(rest.length, 'deployment', reader)}`;
  }
  const kinds = [...Map.groupBy(shown, ({ option }) => option)];
  const last = kinds.at(-1)?.[0];
  const isAlike = rest.every(({ option }) => option === last);
  const clauses = kinds.map(([option, group], at) => {
    const names = group.map(({ deployment }) => shownName(deployment.id));
    const more = isAlike && at === kinds.length - 1 ? moreText(rest.length) : [];
    return changePhrase(option, listed([...names, ...more]));
  });
  const all = isAlike ? clauses : [...clauses, `change ${rest.length} more`];
  if (joint === 'comma') return all.join(', ');
  // A clause that contains "and" needs a comma before the next one.
  return all.some((clause) => clause.includes(' and ')) && all.length > 1
    ? `${all.slice(0, -1).join(', ')}, and ${all.at(-1) ?? ''}`
    : listed(all);
}

/** `chat-70b`, `a and b`, `a, b and 12 more`. Without any names: `14 deployments`. */
export function namesPhrase(ids: readonly string[], most: number, reader: Reader): string {
  if (most === 0) return counted(ids.length, 'deployment', reader);
  return listed([...ids.slice(0, most).map(shownName), ...moreText(ids.length - most)]);
}

function moreText(count: number): string[] {
  return count > 0 ? [`${count} more`] : [];
}
