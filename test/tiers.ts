/** Sorts the test files into tiers by their imports, without a list to maintain. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { findOnPath } from './support/onPath.ts';

/** `npm test` runs `unit`, `whole` and `process`. `torture` is every test with a full size. */
export interface Tiers {
  /** Fast tests that start no process. */
  readonly unit: readonly string[];
  /** Whole runs, whole reports, and laws on random worlds: no process either, but slow. */
  readonly whole: readonly string[];
  /** Tests that start processes, or servers that use anything but HTTP. */
  readonly process: readonly string[];
  readonly torture: readonly string[];
}

/** Imports that put a file into a tier, direct or through other files of `test/`. */
const PROCESSES = /^(?:node:child_process|playwright-core|smtp-server|ioredis|bullmq)$/;
const REPORTS = /\/src\/report\/(?:report|charts\/chart)\.ts$/;
const WHOLE_RUNS = /^test\/(?:scenarios|demo|laws|faults)\//;
/** A file that imports it is run again at full size. */
const SIZE = 'support/size.ts';

const IMPORT =
  /^(?:import|export)\b(?! type)[^'";]*?\bfrom '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm;

/** Tests that need something outside this repository, which is not available everywhere. */
const OPTIONAL = [
  {
    tests: 'test/reference/',
    why: 'third-party data in ../shared/reference is not beside this checkout',
    isHere: (root: string) => existsSync(join(root, '../shared/reference')),
  },
  {
    tests: 'test/sources/prometheus/victoriaMetrics.test.ts',
    why: 'the program victoria-metrics is not on PATH',
    isHere: () => findOnPath('victoria-metrics') !== undefined,
  },
];

/** Every test file, as a path from `root`, sorted. */
function allIn(root: string): string[] {
  return readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => `test/${name.replaceAll('\\', '/')}`)
    .sort();
}

/** The files that cannot run here because of a missing requirement. */
export function findLeftOut(root: string): string[] {
  return OPTIONAL.flatMap((optional) => lackingFor(optional, root));
}

function lackingFor({ tests, isHere }: (typeof OPTIONAL)[number], root: string): string[] {
  return isHere(root) ? [] : allIn(root).filter((file) => file.startsWith(tests));
}

/** A line for each reason. Empty if all can run. */
export function leftOutText(root: string): string {
  const lines = OPTIONAL.map((optional) => {
    const { length } = lackingFor(optional, root);
    const files = length === 1 ? '1 file' : `${length} files`;
    return length === 0 ? '' : `left out: ${files} of ${optional.tests}, for ${optional.why}\n`;
  });
  return lines.join('');
}

/** All test files that can run here, as paths from `root`, sorted. */
export function sortIntoTiers(root: string): Tiers {
  const reach = reachIn(join(root, 'test'));
  const left = findLeftOut(root);
  const here = allIn(root).filter((file) => !left.includes(file));
  const named = (of: (file: string, path: string) => boolean) =>
    here.filter((path) => of(join(root, path), path));
  return {
    unit: named((file, path) => tierOf(path, reach(file)) === 'unit'),
    whole: named((file, path) => tierOf(path, reach(file)) === 'whole'),
    process: named((file, path) => tierOf(path, reach(file)) === 'process'),
    torture: named((file) => reach(file).sizes),
  };
}

function tierOf(path: string, { processes, reports }: Reach): 'unit' | 'whole' | 'process' {
  if (processes) return 'process';
  return reports || WHOLE_RUNS.test(path) ? 'whole' : 'unit';
}

interface Reach {
  readonly processes: boolean;
  readonly reports: boolean;
  readonly sizes: boolean;
}

/** The imports that a file reaches through other files of the folder, each read once. */
function reachIn(folder: string): (file: string) => Reach {
  const imports = new Map<string, readonly string[]>();
  const importsOf = (file: string) => {
    const known = imports.get(file) ?? specifiersIn(readFileSync(file, 'utf8'));
    imports.set(file, known);
    return known;
  };
  return (start) => {
    const seen = new Set([start]);
    let [processes, reports] = [false, false];
    for (const file of seen) {
      for (const specifier of importsOf(file)) {
        const next = resolve(dirname(file), specifier);
        if (PROCESSES.test(specifier)) processes = true;
        if (REPORTS.test(specifier)) reports = true;
        const isOurs = specifier.startsWith('.') && next.startsWith(folder);
        if (isOurs && existsSync(next)) seen.add(next);
      }
    }
    return { processes, reports, sizes: seen.has(join(folder, SIZE)) };
  };
}

function specifiersIn(text: string): string[] {
  return [...text.matchAll(IMPORT)].map(([, from, bare, late]) => from ?? bare ?? late ?? '');
}
