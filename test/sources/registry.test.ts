import { existsSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sourceKinds } from '../../src/sources/registry.ts';

const SOURCES = new URL('../../src/sources/', import.meta.url);

test('every folder with a source is registered under its own name, and nothing else is', () => {
  const folders = readdirSync(SOURCES, { withFileTypes: true })
    .filter(
      (entry) => entry.isDirectory() && existsSync(new URL(`${entry.name}/source.ts`, SOURCES)),
    )
    .map(({ name }) => name);
  expect(folders.length).toBeGreaterThan(0);
  expect(sourceKinds.map(({ kind }) => kind).toSorted()).toEqual(folders.toSorted());
});

test('every kind refuses unknown options', () => {
  for (const { options } of sourceKinds) {
    const issues = options.safeParse({ apikye: 'x' }).error?.issues ?? [];
    expect(issues.some(({ code }) => code === 'unrecognized_keys')).toBe(true);
  }
});
