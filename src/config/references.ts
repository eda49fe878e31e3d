/** Rules across sections: sources and deployments that are named must exist, and fit. */

import { MAIL_CHANNEL } from '../delivery/options.ts';
import type { ProvidedFact } from '../domain/provenance.ts';
import { joinWithOr, nearestWord, quoteShort } from '../platform/text.ts';
import type { SourceKind } from '../sources/source.ts';
import { IMPORT_KIND, IMPORT_SOURCE_ID } from './ids.ts';
import { findValues, type FoundValue, isSection, valueAtPath } from './paths.ts';
import { type Problem, type Root, unknownName } from './rules.ts';

/** Returns the problems of all names that sections use for each other. */
export function findReferenceProblems(root: Root, kinds: readonly SourceKind[]): Problem[] {
  return [
    ...sourceProblems(root, kinds),
    ...sameMeterTwice(root),
    ...mutualReplacements(root),
    ...misspelledCommitments(root),
    ...unknownDeployments(root),
    ...repeatedRecipients(root),
  ];
}

/** Where a source is named, and the fact that it must provide there; any fact if absent. */
const SOURCE_NAMES: readonly (readonly [pattern: string, fact?: ProvidedFact])[] = [
  ['credits.*.source', 'charges'],
  ['prices.trust.*.source', 'prices'],
  ['billOfRecord.*.source', 'charges'],
  ['billOfRecord.*.insteadOf', 'charges'],
  ['deployments.*.resources.*.source', 'charges'],
  ['deployments.*.usage.source', 'usage'],
  ['deployments.*.usage.telemetry.source', 'usage'],
  ['deployments.*.gateway.source'],
  ['deployments.*.hosted.equivalents.*.via', 'prices'],
  ['deployments.*.hosted.alreadySpent.*.source', 'charges'],
];

/** Sampled facts; their sources must provide them. */
const SAMPLED = ['usage', 'inventory'] as const;

function namesUnder(root: Root, section: string): string[] {
  const map = root[section];
  return isSection(map) ? Object.keys(map) : [];
}

function knownSources(root: Root): string[] {
  return [...namesUnder(root, 'sources'), IMPORT_SOURCE_ID];
}

function sourceProblems(root: Root, kinds: readonly SourceKind[]): Problem[] {
  const known = knownSources(root);
  return [...namedSources(root), ...scheduledSources(root)].flatMap(({ path, value: id, fact }) => {
    if (typeof id !== 'string') return [];
    const problem = known.includes(id)
      ? wrongKind(fact, { id, root, kinds })
      : unknownName(id, { known, what: 'a source', under: 'sources' });
    return problem === undefined ? [] : [{ path, problem }];
  });
}

interface NamedSource extends FoundValue {
  readonly fact?: ProvidedFact | undefined;
}

function namedSources(root: Root): NamedSource[] {
  return SOURCE_NAMES.flatMap(([pattern, fact]) =>
    findValues(root, pattern).map((named) => ({ ...named, fact })),
  );
}

/** `trailingDays` needs a source with bills, `sampled` a source with the sampled facts. */
function scheduledSources(root: Root): NamedSource[] {
  const trailing = findValues(root, 'schedule.trailingDays.*');
  const sampled = findValues(root, 'schedule.sampled.*').flatMap(({ path, value }) =>
    SAMPLED.filter((fact) => Array.isArray(value) && value.includes(fact)).map((fact) => ({
      path,
      value: path.at(-1),
      fact,
    })),
  );
  return [
    ...trailing.map(({ path }) => ({ path, value: path.at(-1), fact: 'charges' as const })),
    ...sampled,
  ];
}

interface NamedKind {
  readonly id: string;
  readonly root: Root;
  readonly kinds: readonly SourceKind[];
}

function wrongKind(fact: ProvidedFact | undefined, { id, root, kinds }: NamedKind) {
  const kind = kinds.find((one) => one.kind === valueAtPath(root, ['sources', id, 'kind']));
  if (kind === undefined || fact === undefined || kind.provides.includes(fact)) return undefined;
  const able = kinds.filter((one) => one.provides.includes(fact)).map((one) => one.kind);
  const found = `found ${quoteShort(id)} of kind ${kind.kind}, which does not provide ${fact}`;
  return `${found}; use a source of kind ${joinWithOr([...able, IMPORT_KIND])}`;
}

/** A gateway that is also the source of usage has nothing to compare with. */
function sameMeterTwice(root: Root): Problem[] {
  return findValues(root, 'deployments.*').flatMap(({ path, value }) => {
    const source = valueAtPath(value, ['gateway', 'source']);
    if (typeof source !== 'string' || source !== valueAtPath(value, ['usage', 'source'])) return [];
    const problem =
      `found ${quoteShort(source)}, expected a different source from the one under usage, so ` +
      'that the two can be compared; remove gateway';
    return [{ path: [...path, 'gateway', 'source'], problem }];
  });
}

/** If two sources replace each other, neither would count. */
function mutualReplacements(root: Root): Problem[] {
  const rules = findValues(root, 'billOfRecord.*').map(({ path, value }) => ({
    path: [...path, 'insteadOf'],
    source: valueAtPath(value, ['source']),
    other: valueAtPath(value, ['insteadOf']),
  }));
  return rules.flatMap(({ path, source, other }, at) => {
    if (typeof other !== 'string' || typeof source !== 'string') return [];
    if (source === other) {
      const expected = `expected a source other than ${quoteShort(source)}`;
      return [{ path, problem: `found the same source twice, ${expected}` }];
    }
    const back = rules.slice(0, at).find((one) => one.source === other && one.other === source);
    if (back === undefined) return [];
    const problem = `${source} and ${other} replace each other, so neither would count; remove one`;
    return [{ path, problem }];
  });
}

/**
 * A contract binds whether or not anything is pulled from its provider, so a commitment may name a
 * provider without a source. A name that is close to a source's id is reported as a typo.
 */
function misspelledCommitments(root: Root): Problem[] {
  const known = knownSources(root);
  return findValues(root, 'commitments.*.source').flatMap(({ path, value: id }) => {
    if (typeof id !== 'string' || known.includes(id) || nearestWord(id, known) === undefined)
      return [];
    return [{ path, problem: unknownName(id, { known, what: 'a source', under: 'sources' }) }];
  });
}

const NOT_OWNERS: readonly unknown[] = ['leader', 'finance'];

/** Rules for incident names, and the recipients of an owner's report, name deployments. */
function unknownDeployments(root: Root): Problem[] {
  const known = namesUnder(root, 'deployments');
  const ofOwners = findValues(root, 'report.recipients.*').filter(
    ({ value }) => !NOT_OWNERS.includes(valueAtPath(value, ['role'])),
  );
  const named = [
    ...findValues(root, 'ops.services.*').filter(({ path }) => typeof path.at(-1) === 'string'),
    ...ofOwners.flatMap(({ path, value }) =>
      findValues(value, 'deployments.*').map((inner) => ({
        ...inner,
        path: [...path, ...inner.path],
      })),
    ),
  ];
  return named.flatMap(({ path, value: id }) => {
    if (typeof id !== 'string' || known.includes(id)) return [];
    const problem = unknownName(id, { known, what: 'a deployment', under: 'deployments' });
    return [{ path, problem }];
  });
}

/** A report that would go to the same place twice. */
function repeatedRecipients(root: Root): Problem[] {
  const seen = new Set<string>();
  const leaders = findValues(root, 'report.to.*').map(({ path, value }) => ({
    path,
    destinations: [[MAIL_CHANNEL, value, 'leader']],
  }));
  const others = findValues(root, 'report.recipients.*').map(({ path, value }) => ({
    path,
    destinations: destinationsOf(value, namesUnder(root, 'deployments')),
  }));
  return [...leaders, ...others].flatMap(({ path, destinations }) => {
    const texts = destinations.map((each) => JSON.stringify(each).toLowerCase());
    const again = texts.some((text) => seen.has(text));
    for (const text of texts) seen.add(text);
    const problem = 'found a report that already goes to the same place; remove one of the two';
    return again ? [{ path, problem }] : [];
  });
}

function destinationsOf(recipient: unknown, deployments: readonly string[]): unknown[][] {
  const [channel, address, role, own] = ['channel', 'address', 'role', 'deployments'].map(
    (key) => valueAtPath(recipient, [key]) ?? null,
  );
  const place = [channel, address, role];
  const all = Array.isArray(own) && own.length > 0 ? (own as unknown[]) : deployments;
  return role === 'owner' ? all.map((id) => [...place, id]) : [place];
}
