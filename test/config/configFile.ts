/** Writes a config file for a test and reads it back, or its refusal. */

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../src/config/config.ts';
import type { Environment } from '../../src/config/environment.ts';
import { loadConfig } from '../../src/config/load.ts';
import { Failure } from '../../src/domain/failure.ts';
import { sourceKinds } from '../../src/sources/registry.ts';
import type { ProvidedFact } from '../../src/domain/provenance.ts';

/** The kinds of sources as a refusal lists them. */
export const KIND_LIST = `${sourceKinds.map(({ kind }) => kind).join(', ')} or import`;

/** The kinds that provide this fact, as a refusal lists them. */
export function kindsThatProvide(fact: ProvidedFact): string {
  const able = sourceKinds.filter(({ provides }) => provides.includes(fact));
  return `${able.map(({ kind }) => kind).join(', ')} or import`;
}

/** Writes the text (or bytes) as `rentcheck.yaml` into its own folder and returns its path. */
export function writeConfig(content: string | Uint8Array): string {
  const path = join(mkdtempSync(join(tmpdir(), 'rentcheck-config-')), 'rentcheck.yaml');
  writeFileSync(path, content);
  return path;
}

export function loadConfigText(content: string, env: Environment = {}): Promise<Config> {
  return loadConfig(writeConfig(content), { env });
}

/** The failure with which the file is refused. */
export async function loadFailure(content: string | Uint8Array): Promise<Failure> {
  const path = writeConfig(content);
  const error: unknown = await loadConfig(path, { env: {} }).then(
    () => new Error('it was not refused'),
    (failure: unknown) => failure,
  );
  if (!(error instanceof Failure)) throw error;
  return error;
}

/** The list of faults, a line each, without the name of the file. */
export async function configFaults(content: string): Promise<string[]> {
  const failure = await loadFailure(content);
  const [head = '', ...lines] = failure.message.split('\n');
  if (!/ has \d+ errors?:$/.test(head)) throw failure;
  return lines.map((line) => line.trim());
}

/** One valid deployment in flow style, with `more` added. */
export const deploymentYaml = (more: string) =>
  `deployments: { a: { model: m, gpu: { type: A100 }, resources: [{ source: import }], ${more} } }`;
export const hostedYaml = (more: string) =>
  deploymentYaml(`hosted: { equivalents: [{ via: import, model: m }], ${more} }`);

/** A fault's text without its place. */
export async function configProblems(content: string): Promise<string[]> {
  return (await configFaults(content)).map((fault) =>
    fault.replace(/ \(line \d+, column \d+\)/, ''),
  );
}
