/** Checks every kind of source against the checklist of docs/adding-a-source.md. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sourceKinds } from '../../src/sources/registry.ts';
import { namesIn, ROOT, readSourceFile } from './tree.ts';

const SCHEMA: unknown = JSON.parse(readSourceFile('docs/rentcheck.schema.json').text);
const CHECKLIST = readSourceFile('docs/adding-a-source.md').text;
const LISTS = ['docs/adding-a-source.md', 'docs/configuration.md'];

/** The parts of a kind. `KIND` is its name. */
const PARTS = [
  'src/sources/KIND/options.ts',
  'src/sources/KIND/source.ts',
  'test/sources/KIND/subject.ts',
  'test/sources/KIND/source.test.ts',
  'docs/sources/KIND.md',
];

/** The most files of one kind of source. */
const MOST_FILES = 4;

/** Kinds with more files than that: how many, and why. */
const LARGER: Readonly<Record<string, readonly [files: number, reason: string]>> = {
  catalog: [6, 'three catalogs, each in its own format'],
  'gpu-catalog': [5, 'two catalogs of CSV files'],
  openrouter: [5, 'prices with conditions, and an account with two reports of its spend'],
  prometheus: [11, 'no JSON API: queries, and samples read from bytes'],
  runpod: [10, 'five products, whose bills are checked against that of the account'],
  scrape: [9, 'no JSON API: replicas are found, scraped and remembered'],
};

/** Folders below `src/sources` that read files or metrics, not a provider. */
const SHARED = ['bills', 'engines', 'import'];

/** The keys that the published schema allows for a source of this kind, without `kind` itself. */
function optionsOf(kind: string): string[] {
  const { properties } = SCHEMA as {
    properties: { sources: { additionalProperties: { anyOf: Section[] } } };
  };
  const sections = properties.sources.additionalProperties.anyOf;
  const section = sections.find((one) => one.properties['kind']?.const === kind);
  return Object.keys(section?.properties ?? {}).filter((name) => name !== 'kind');
}

type Section = { readonly properties: Readonly<Record<string, { readonly const?: string }>> };

describe('the kinds of sources', () => {
  it('are the folders of src/sources', () => {
    const folders = namesIn('src/sources').filter((name) => !name.includes('.'));
    const kinds = sourceKinds.map(({ kind }) => kind);
    expect(folders).toEqual([...kinds, ...SHARED].toSorted());
  });

  it.each(sourceKinds)('$kind has every part of the checklist', ({ kind }) => {
    const missing = PARTS.map((part) => part.replace('KIND', kind)).filter(
      (path) => !existsSync(join(ROOT, path)),
    );
    expect(missing).toEqual([]);
  });

  it.each(sourceKinds)('$kind documents its key, its facts and each option', (source) => {
    const { kind, provides } = source;
    const page = readSourceFile(`docs/sources/${kind}.md`).text;
    const options = optionsOf(kind);
    expect(options).toContain('timeoutSeconds');
    expect(options.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
    for (const heading of ['## Key', '## What it provides']) expect(page).toContain(heading);
    expect(page).toContain(`kind: ${kind}`);
    expect(provides.filter((fact) => !page.includes(`| ${fact}: `))).toEqual([]);
  });

  it.each(sourceKinds)('$kind has a row in both lists of kinds', ({ kind }) => {
    // Kinds with the same options share a row.
    const row = new RegExp(`^\\|[^|]*\`${kind}\`[^|]*\\|`, 'm');
    const missing = LISTS.filter((path) => !row.test(readSourceFile(path).text));
    expect(missing).toEqual([]);
  });

  it('have at most four files, or as many as are listed with a reason', () => {
    const files = (kind: string) => namesIn(`src/sources/${kind}`).length;
    const larger = sourceKinds.filter(({ kind }) => files(kind) > MOST_FILES);
    const listed = Object.entries(LARGER).map(([kind, [count]]) => [kind, count]);
    expect(Object.fromEntries(larger.map(({ kind }) => [kind, files(kind)]))).toEqual(
      Object.fromEntries(listed),
    );
  });

  it('have a checklist that names each of their parts', () => {
    const unnamed = PARTS.map((part) => part.replace('KIND', '<kind>')).filter(
      (path) => !CHECKLIST.includes(`\`${path}\``),
    );
    expect(unnamed).toEqual([]);
  });
});
