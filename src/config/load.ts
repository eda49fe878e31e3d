/** Reads `rentcheck.yaml` in one pass and reports all of its faults at once. */

import { dirname, resolve } from 'node:path';
import { Failure } from '../domain/failure.ts';
import { sourceKinds } from '../sources/registry.ts';
import type { SourceKind } from '../sources/source.ts';
import { buildConfig } from './build.ts';
import type { Config, ServiceConfig } from './config.ts';
import { type Environment, processEnvironment, readFromDisk } from './environment.ts';
import { parseWithSchema, renderConfigFaults } from './faults.ts';
import { findReferenceProblems } from './references.ts';
import { acrossKeys } from './rules.ts';
import { configSchema } from './schema.ts';
import { parseSourceSections } from './sourceSections.ts';
import { findUsageProblems } from './usageRules.ts';
import { type ConfigFault, type ConfigTree, readTree } from './yamlTree.ts';

export interface LoadTools {
  /**
   * Environment in which `${NAME}` is looked up when a secret is revealed; the process's own by
   * default.
   */
  readonly env?: Environment;
  /** Base folder of a relative path to the config file; the working directory by default. */
  readonly folder?: string;
  readonly readFile?: (path: string) => Uint8Array;
  /** Source kinds that the config may use; all of rentcheck's by default. */
  readonly kinds?: readonly SourceKind[];
}

/**
 * Reads the config file. A missing variable of a secret fails only when the secret is revealed, so
 * an audit needs no keys.
 * @throws {Failure} `config` with every fault of the file: path, line and column, what was found,
 * what was expected, what to do.
 */
export async function loadConfig(path: string, tools: LoadTools = {}): Promise<Config> {
  const { env = processEnvironment(), readFile = readFromDisk, kinds = sourceKinds } = tools;
  const file = resolve(tools.folder ?? '.', path);
  const folder = dirname(file);
  const read = tools.folder === undefined ? readFile : () => readFile(file);
  const tree = readTree(decodeConfig(readConfigFile(path, read), path), {
    env,
    folder,
    readFile,
  });
  if (tree.isComplete && tree.value === null) throw emptyFile(path);
  const { value, faults } = tree.isComplete
    ? readSections(tree, kinds)
    : { value: undefined, faults: [] };
  if (value === undefined || tree.faults.length > 0) {
    throw refusal(path, [...tree.faults, ...faults]);
  }
  return buildConfig({ file, folder, ...value });
}

function readSections(tree: ConfigTree, kinds: readonly SourceKind[]) {
  const { sources, faults } = parseSourceSections(tree, kinds);
  const schema = configSchema.check(
    acrossKeys((root) => [
      ...findReferenceProblems(root, kinds),
      ...findUsageProblems(root, { kinds, sources }),
    ]),
  );
  const read = parseWithSchema(schema, { value: tree.value, path: [], tree });
  if ('faults' in read) return { value: undefined, faults: [...read.faults, ...faults] };
  if (faults.length > 0) return { value: undefined, faults };
  const services = servicesInOrder(read.value.ops.services, tree);
  return { value: { sections: read.value, sources, services }, faults };
}

function refusal(path: string, faults: readonly ConfigFault[]): Failure {
  return new Failure('config', renderConfigFaults(path, faults), {
    where: path,
    expected: 'a config file as docs/configuration.md describes it',
    hint: `fix ${path} and run the same command again`,
  });
}

function emptyFile(path: string): Failure {
  return new Failure('config', `${path} is empty`, {
    where: path,
    expected: 'sources and deployments',
    hint: 'create one with "rentcheck init"',
  });
}

/**
 * Returns the entries of `ops.services` in the file's order, because the first match counts. A
 * plain map would put whole-number names first.
 */
function servicesInOrder(
  services: Readonly<Record<string, string>>,
  tree: ConfigTree,
): ServiceConfig[] {
  const placed = Object.entries(services).map(([pattern, deployment]) => ({
    entry: { pattern, deployment },
    place: tree.placeOfKey(['ops', 'services', pattern]),
  }));
  return placed
    .sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column)
    .map(({ entry }) => entry);
}

/** @throws {Failure} `config` with the reason if the file cannot be read. */
function readConfigFile(path: string, readFile: (path: string) => Uint8Array): Uint8Array {
  try {
    return readFile(path);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason = code === undefined ? message : (REASONS[code] ?? code);
    throw new Failure('config', `cannot read ${path}: ${reason}`, {
      where: path,
      expected: 'a readable config file',
      hint: 'create one with "rentcheck init", or pass another file with --config',
      cause,
    });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'permission denied for this user',
  EPERM: 'permission denied for this user',
  EISDIR: 'it is a folder',
};

/**
 * Decodes UTF-8 and drops a byte order mark.
 * @throws {Failure} `config` for other bytes.
 */
function decodeConfig(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Failure('config', `${path} is not UTF-8 text`, {
      where: path,
      expected: 'YAML in UTF-8',
      hint: 'save the file as UTF-8 in your editor',
      cause,
    });
  }
}
