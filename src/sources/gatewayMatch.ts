/** Matches gateway requests to deployments, and their labels to tenants and teams. */

import { Failure } from '../domain/failure.ts';
import { matchesGlob } from '../domain/glob.ts';
import type { PullWarning } from '../domain/pullWarning.ts';
import { attributionLabels } from './engines/attribution.ts';
import type { UsageTarget } from './source.ts';

type Fields = Readonly<Record<string, string | undefined>>;

/**
 * The deployment whose match fits these fields; `undefined` if none fits. A missing field fits no
 * pattern.
 * @throws {Failure} `config` if two deployments fit, since the requests would count twice.
 */
export function findTarget(
  fields: Fields,
  targets: readonly UsageTarget[],
): UsageTarget | undefined {
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
 * Checks that the gateway reports every field that a match or a label uses.
 * @throws {Failure} `config` for a match without keys or with unknown keys, and for a label that is
 *   not one of `labels`.
 */
export function requireMatch(
  targets: readonly UsageTarget[],
  { match: known, labels }: GatewayFields,
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

/** The fields that a gateway reports for its requests. */
export interface GatewayFields {
  /** Fields that a match may use. */
  readonly match: readonly string[];
  /**
   * Fields that may name a tenant, team, adapter or kind of demand. `tag:` allows any name after
   * it. If absent, any field is allowed.
   */
  readonly labels?: readonly string[];
}

function requireLabels(target: UsageTarget, known: readonly string[]): void {
  const isKnown = (label: string) =>
    known.some((one) => one === label || (one.endsWith(':') && label.startsWith(one)));
  const unknown = attributionLabels(target).find((label) => !isKnown(label));
  if (unknown === undefined) return;
  const { deployment } = target;
  const available = known.length === 0 ? 'nobody' : known.join(', ');
  const message = `${deployment} uses "${unknown}", which its source does not have`;
  throw new Failure('config', `${message}: it has ${available}`, {
    where: `deployments.${deployment}.usage`,
    expected: known.length === 0 ? 'no such label' : `one of: ${available}`,
    hint: 'name a field of its requests, or remove the key',
  });
}

const MOST_NAMED = 3;

/** The warning about models that match no deployment, with those of the most requests. */
export function unmatchedNote(names: ReadonlyMap<string, number>): PullWarning[] {
  if (names.size === 0) return [];
  const most = [...names].sort(([, a], [, b]) => b - a);
  const models = most.slice(0, MOST_NAMED).map(([name, requests]) => ({ name, requests }));
  return [{ code: 'models-unmatched', models, modelCount: names.size }];
}
