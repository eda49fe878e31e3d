/**
 * Checks references in a config file: sources that must exist and provide what is needed, and
 * deployments.
 */

import { joinWithOr, nearestWord, quoteShort } from '../platform/text.ts';
import type { ProvidedFact } from '../domain/provenance.ts';
import type { SourceKind } from '../sources/source.ts';
import { IMPORT_SOURCE_ID } from './config.ts';
import type { ConfigFault, ConfigPath } from './fault.ts';
import { itemPaths, valueAtPath } from './schemaFaults.ts';
import { IMPORT_KIND } from './sourceSections.ts';
import type { ConfigTree } from './yamlTree.ts';

interface Reference {
  readonly path: ConfigPath;
  readonly id: string;
  /** The fact that the source must provide; absent if only its name is checked. */
  readonly fact?: ProvidedFact;
}

/**
 * Returns the faults of all references. They are found in the raw tree, so a fault elsewhere hides
 * none of them.
 */
export function findReferenceFaults(tree: ConfigTree, kinds: readonly SourceKind[]): ConfigFault[] {
  const known = [...keysOf(tree.value, ['sources']), IMPORT_SOURCE_ID];
  const found = [...references(tree.value), ...scheduled(tree.value)].flatMap((reference) => {
    const problem = known.includes(reference.id)
      ? wrongKind(reference, tree, kinds)
      : unknownSource(reference.id, known);
    return problem === undefined ? [] : [faultAt(reference.path, problem, tree)];
  });
  return [
    ...found,
    ...sameMeterTwice(tree),
    ...mutualReplacements(tree),
    ...misspelledCommitments(tree, known),
    ...unknownDeployments(tree),
  ];
}

/** A gateway that is also the source of usage has nothing to compare with. */
function sameMeterTwice(tree: ConfigTree): ConfigFault[] {
  return keysOf(tree.value, ['deployments']).flatMap((id) => {
    const path = ['deployments', id, 'gateway', 'source'];
    const source = valueAtPath(tree.value, path);
    const first = valueAtPath(tree.value, ['deployments', id, 'usage', 'source']);
    if (typeof source !== 'string' || source !== first) return [];
    const expected = 'a different source from the one under usage, so that the two can be compared';
    return [
      faultAt(path, `found ${quoteShort(source)}, expected ${expected}; remove gateway`, tree),
    ];
  });
}

/** If two sources replace each other, neither would count. */
function mutualReplacements(tree: ConfigTree): ConfigFault[] {
  const rules = itemPaths(tree.value, ['billOfRecord']).map((path) => ({
    path: [...path, 'insteadOf'],
    source: valueAtPath(tree.value, [...path, 'source']),
    other: valueAtPath(tree.value, [...path, 'insteadOf']),
  }));
  return rules.flatMap(({ path, source, other }, at) => {
    if (typeof other !== 'string' || typeof source !== 'string') return [];
    if (source === other) {
      return [
        faultAt(
          path,
          `found the same source twice, expected a source other than ${quoteShort(source)}`,
          tree,
        ),
      ];
    }
    const back = rules.slice(0, at).find((one) => one.source === other && one.other === source);
    if (back === undefined) return [];
    const problem = `${source} and ${other} replace each other, so neither would count; remove one`;
    return [faultAt(path, problem, tree)];
  });
}

function faultAt(path: ConfigPath, problem: string, tree: ConfigTree): ConfigFault {
  return { path, place: tree.placeOf(path), problem };
}

function references(value: unknown): Reference[] {
  const credited = itemPaths(value, ['credits']).flatMap((item) =>
    one(value, [...item, 'source'], 'charges'),
  );
  const trusted = itemPaths(value, ['prices', 'trust']).flatMap((item) =>
    one(value, [...item, 'source'], 'prices'),
  );
  const recorded = itemPaths(value, ['billOfRecord']).flatMap((item) => [
    ...one(value, [...item, 'source'], 'charges'),
    ...one(value, [...item, 'insteadOf'], 'charges'),
  ]);
  return [...credited, ...trusted, ...recorded, ...ofDeployments(value)];
}

function ofDeployments(value: unknown): Reference[] {
  return keysOf(value, ['deployments']).flatMap((id) => {
    const base = ['deployments', id];
    return [
      ...itemPaths(value, [...base, 'resources']).flatMap((item) =>
        one(value, [...item, 'source'], 'charges'),
      ),
      ...one(value, [...base, 'usage', 'source'], 'usage'),
      ...one(value, [...base, 'usage', 'telemetry', 'source'], 'usage'),
      ...one(value, [...base, 'gateway', 'source']),
      ...itemPaths(value, [...base, 'hosted', 'equivalents']).flatMap((item) =>
        one(value, [...item, 'via'], 'prices'),
      ),
      ...itemPaths(value, [...base, 'hosted', 'alreadySpent']).flatMap((item) =>
        one(value, [...item, 'source'], 'charges'),
      ),
    ];
  });
}

/** `trailingDays` needs a source with bills, `sampled` a source with the sampled facts. */
function scheduled(value: unknown): Reference[] {
  const named = (key: string) =>
    keysOf(value, ['schedule', key]).map((id) => ({ path: ['schedule', key, id], id }));
  return [
    ...named('trailingDays').map((one) => ({ ...one, fact: 'charges' as const })),
    ...named('sampled').flatMap((one) => {
      const facts = valueAtPath(value, one.path);
      const known = Array.isArray(facts) ? facts : [];
      return SAMPLED.filter((fact) => known.includes(fact)).map((fact) => ({ ...one, fact }));
    }),
  ];
}

const SAMPLED = ['usage', 'inventory'] as const;

function one(value: unknown, path: ConfigPath, fact?: ProvidedFact): Reference[] {
  const id = valueAtPath(value, path);
  if (typeof id !== 'string') return [];
  return [fact === undefined ? { path, id } : { path, id, fact }];
}

function keysOf(value: unknown, path: ConfigPath): string[] {
  const map = valueAtPath(value, path);
  const isMap = typeof map === 'object' && map !== null && !Array.isArray(map);
  return isMap ? Object.keys(map) : [];
}

function unknownSource(id: string, known: readonly string[]): string {
  const meant = nearestWord(id, known);
  const remedy = meant === undefined ? 'add it under sources' : `did you mean "${meant}"?`;
  return `found ${quoteShort(id)}, expected the id of a source (${known.join(', ')}); ${remedy}`;
}

function wrongKind(
  { id, fact }: Reference,
  tree: ConfigTree,
  kinds: readonly SourceKind[],
): string | undefined {
  const kindName = valueAtPath(tree.value, ['sources', id, 'kind']);
  const kind = kinds.find((one) => one.kind === kindName);
  if (kind === undefined || fact === undefined || kind.provides.includes(fact)) return undefined;
  const able = kinds.filter((one) => one.provides.includes(fact)).map((one) => one.kind);
  const expected = joinWithOr([...able, IMPORT_KIND]);
  const found = `found ${quoteShort(id)} of kind ${kind.kind}, which does not provide ${fact}`;
  return `${found}; use a source of kind ${expected}`;
}

/**
 * A contract binds whether or not anything is pulled from its provider, so a commitment may name a
 * provider without a source. A name that is close to a source's id is reported as a typo.
 */
function misspelledCommitments(tree: ConfigTree, known: readonly string[]): ConfigFault[] {
  return itemPaths(tree.value, ['commitments']).flatMap((item) => {
    const path = [...item, 'source'];
    const id = valueAtPath(tree.value, path);
    if (typeof id !== 'string' || known.includes(id) || nearestWord(id, known) === undefined)
      return [];
    return [faultAt(path, unknownSource(id, known), tree)];
  });
}

/** Rules for incident names must point to deployments of this file. */
function unknownDeployments(tree: ConfigTree): ConfigFault[] {
  const known = keysOf(tree.value, ['deployments']);
  return keysOf(tree.value, ['ops', 'services']).flatMap((name) => {
    const path = ['ops', 'services', name];
    const id = valueAtPath(tree.value, path);
    if (typeof id !== 'string' || known.includes(id)) return [];
    const meant = nearestWord(id, known);
    const remedy = meant === undefined ? 'add it under deployments' : `did you mean "${meant}"?`;
    const list = known.length === 0 ? '' : ` (${known.join(', ')})`;
    const problem = `found ${quoteShort(id)}, expected the id of a deployment${list}; ${remedy}`;
    return [faultAt(path, problem, tree)];
  });
}
