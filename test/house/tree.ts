/** The files of this checkout that people wrote, with their text. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const NOT_OURS = new Set(['node_modules', '.git', 'out', 'coverage', '.reports']);
const GENERATED = new Set(['package-lock.json', 'LICENSE', '.env']);

/** A file as a reader sees it. `path` is relative to the root, with forward slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
}

/** Every text file below the root that matches, sorted by path. */
export function filesMatching(pattern: RegExp): SourceFile[] {
  return [...pathsIn('')].filter((path) => pattern.test(path)).map(readSourceFile);
}

export function readSourceFile(path: string): SourceFile {
  const text = readFileSync(join(ROOT, path), 'utf8');
  return { path, text, lines: text.replace(/\n$/, '').split('\n') };
}

/** Names of the entries of a folder, sorted. Empty if the folder does not exist. */
export function namesIn(folder: string): string[] {
  const path = join(ROOT, folder);
  return readdirSync(path).sort();
}

function* pathsIn(folder: string): Generator<string> {
  const entries = readdirSync(join(ROOT, folder), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    // In a linked working tree `.git` is a file.
    if (NOT_OURS.has(entry.name)) continue;
    if (entry.isDirectory()) yield* pathsIn(path);
    else if (entry.isFile() && !GENERATED.has(entry.name)) yield path;
  }
}

export const SOURCE = /^src\/.*\.(ts|js)$/;
export const CODE = /^(src|test|bench)\/.*\.(ts|js|mjs)$|^[^/]+\.(ts|mjs)$/;
export const PROSE = /\.md$/;
/** Everything that is read as text. Goldens and binary fixtures are not. */
export const TEXT = /\.(ts|js|mjs|json|md|sql|mjml|txt|ya?ml|html|sh)$|^[^/]*$|^\.ci\//;
