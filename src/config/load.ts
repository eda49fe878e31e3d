/** Reads `rentcheck.yaml` in one pass and reports all of its faults at once. */

import { dirname, resolve } from 'node:path';
import { Failure } from '../domain/failure.ts';
import { sourceKinds } from '../sources/registry.ts';
import type { SourceKind } from '../sources/source.ts';
import { findInconsistencies } from './agreement.ts';
import { findRecipientFaults } from './audience.ts';
import { buildConfig } from './build.ts';
import type { Config } from './config.ts';
import { findEngineFaults } from './engines.ts';
import { findGatewayFaults } from './gateways.ts';
import { type Environment, processEnvironment, readFromDisk } from './environment.ts';
import { type ConfigFault, renderConfigFaults } from './fault.ts';
import { servicesInOrder } from './incidentNames.ts';
import { parseWithSchema } from './reading.ts';
import { findReferenceFaults } from './references.ts';
import { configSchema } from './schema.ts';
import { parseSourceSections } from './sourceSections.ts';
import { decodeConfig, readConfigFile } from './text.ts';
import { readTree, type ConfigTree } from './yamlTree.ts';

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
  const read = parseWithSchema(configSchema, { value: tree.value, path: [], tree });
  const { sources, faults: sourceFaults } = parseSourceSections(tree, kinds);
  const faults: ConfigFault[] = [
    ...('faults' in read ? read.faults : []),
    ...sourceFaults,
    ...findReferenceFaults(tree, kinds),
    ...findInconsistencies(tree),
    ...findEngineFaults(tree),
    ...findGatewayFaults(tree, { kinds, sources }),
    ...findRecipientFaults(tree),
  ];
  if ('faults' in read || faults.length > 0) return { value: undefined, faults };
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
