/** Which deployment a gateway's requests belong to, and whose they are of its users. */

import { counted } from '../domain/counted.ts';
import { Failure } from '../domain/failure.ts';
import { matchesGlob } from '../domain/glob.ts';
import { attributionLabels } from './engines/attribution.ts';
import type { UsageTarget } from './source.ts';

type Fields = Readonly<Record<string, string | undefined>>;

/**
 * The deployment that these fields belong to; `undefined` where none asks for them. A field that is
 * not told fits no pattern.
 * @throws {Failure} `config` where two deployments ask for them: they would count twice.
 */
export function targetOf(fields: Fields, targets: readonly UsageTarget[]): UsageTarget | undefined {
  const [first, second] = targets.filter(({ match }) =>
    Object.entries(match).every(([name, pattern]) => {
      const value = fields[name];
      return value !== undefined && matchesGlob(pattern, value);
    }),
  );
  if (first === undefined || second === undefined) return first;
  const both = `"${first.deployment}" and "${second.deployment}"`;
  throw new Failure('config', `the same requests match ${both}`, {
    where: `deployments.${second.deployment}`,
    expected: 'a match for one deployment only',
    hint: 'name the model or its address more precisely in match; nothing was counted twice',
  });
}

/**
 * Refuses a match that the gateway's answers cannot be held to, and labels that they do not tell.
 * @throws {Failure} `config` for a match without keys, or with keys that are not told, and for a
 *   label that none of `labels` is.
 */
export function requireMatch(
  targets: readonly UsageTarget[],
  { match: known, labels }: Readable,
): void {
  for (const target of targets) {
    const { deployment, match } = target;
    if (labels !== undefined) requireLabels(target, labels);
    const names = Object.keys(match);
    const unknown = names.find((name) => !known.includes(name));
    if (names.length > 0 && unknown === undefined) continue;
    const what = unknown === undefined ? 'has no match' : `matches by "${unknown}"`;
    throw new Failure('config', `${deployment} ${what}, so its requests cannot be distinguished`, {
      where: `deployments.${deployment}`,
      expected: `match with ${known.join(', ')}`,
      hint: 'set match to the gateway requests that this deployment serves',
    });
  }
}

/** Which fields of its requests a gateway tells. */
export interface Readable {
  /** By which a deployment may be matched. */
  readonly match: readonly string[];
  /**
   * That may name a tenant, team, adapter or kind of demand; `tag:` with any name behind it. Absent
   * where any may.
   */
  readonly labels?: readonly string[];
}

function requireLabels(target: UsageTarget, known: readonly string[]): void {
  const isKnown = (label: string) =>
    known.some((one) => one === label || (one.endsWith(':') && label.startsWith(one)));
  const unknown = attributionLabels(target).find((label) => !isKnown(label));
  if (unknown === undefined) return;
  const { deployment } = target;
  const told = known.length === 0 ? 'nobody' : known.join(', ');
  const message = `${deployment} uses "${unknown}", which its source does not have`;
  throw new Failure('config', `${message}: it has ${told}`, {
    where: `deployments.${deployment}.usage`,
    expected: known.length === 0 ? 'no such label' : `one of: ${told}`,
    hint: 'name a field of its requests, or remove the key',
  });
}

/** How the requests that belong to nobody are told, with the names by which they could. */
export function unmatchedNote(names: ReadonlyMap<string, number>): string[] {
  if (names.size === 0) return [];
  const most = [...names].sort(([, a], [, b]) => b - a);
  const told = most
    .slice(0, 3)
    .map(([name, requests]) => `${name} (${counted(requests, 'request')})`);
  const more = names.size > 3 ? ` and ${counted(names.size - 3, 'other model')}` : '';
  return [`models that match no deployment: ${told.join(', ')}${more}`];
}
