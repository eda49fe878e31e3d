/** Writes a config file for a test and reads it back, or its refusal. */

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../src/config/config.ts';
import type { Environment } from '../../src/config/environment.ts';
import { loadConfig } from '../../src/config/load.ts';
import { Failure } from '../../src/domain/failure.ts';
import { sourceKinds } from '../../src/sources/registry.ts';
import type { SourceFact } from '../../src/sources/source.ts';

/** The kinds of sources as a refusal lists them. */
export const KINDS = `${sourceKinds.map(({ kind }) => kind).join(', ')} or import`;

/** The kinds that provide this fact, as a refusal lists them. */
export function kindsThatTell(fact: SourceFact): string {
  const able = sourceKinds.filter(({ tells }) => tells.includes(fact));
  return `${able.map(({ kind }) => kind).join(', ')} or import`;
}

/** Writes the text (or bytes) as `rentcheck.yaml` into its own folder and returns its path. */
export function written(content: string | Uint8Array): string {
  const path = join(mkdtempSync(join(tmpdir(), 'rentcheck-config-')), 'rentcheck.yaml');
  writeFileSync(path, content);
  return path;
}

export function loaded(content: string, env: Environment = {}): Promise<Config> {
  return loadConfig(written(content), { env });
}

/** The failure with which the file is refused. */
export async function refused(content: string | Uint8Array): Promise<Failure> {
  const path = written(content);
  const error: unknown = await loadConfig(path, { env: {} }).then(
    () => new Error('it was not refused'),
    (failure: unknown) => failure,
  );
  if (!(error instanceof Failure)) throw error;
  return error;
}

/** The list of faults, a line each, without the name of the file. */
export async function faultsOf(content: string): Promise<string[]> {
  const failure = await refused(content);
  const [head = '', ...lines] = failure.message.split('\n');
  if (!/ has \d+ errors?:$/.test(head)) throw failure;
  return lines.map((line) => line.trim());
}

/** One valid deployment in flow style, with `more` added. */
export const deployment = (more: string) =>
  `deployments: { a: { model: m, gpu: { type: A100 }, resources: [{ source: import }], ${more} } }`;
export const hosted = (more: string) =>
  deployment(`hosted: { equivalents: [{ via: import, model: m }], ${more} }`);

/** A fault's text without its place. */
export async function problems(content: string): Promise<string[]> {
  return (await faultsOf(content)).map((fault) => fault.replace(/ \(line \d+, column \d+\)/, ''));
}
