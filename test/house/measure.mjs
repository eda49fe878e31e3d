/**
 * Prints how the code of `src/` is divided: rooms, files, lines, and how far a reader walks through
 * imports. `npm run house` measures this checkout, `npm run house -- FOLDER` another one.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('../..', import.meta.url));
const [root = HERE] = process.argv.slice(2);

/** Imports and exports from another file, of values and types, and imports at run time. */
const IMPORTS = /^(?:import|export)\b[^;]*?from '(\.[^']+)'|\bimport\('(\.[^']+)'\)/gm;

const paths = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .map((path) => `src/${path}`)
  .filter((path) => /\.(ts|js)$/.test(path))
  .sort();
const texts = new Map(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
const imports = new Map(paths.map((path) => [path, importsOf(path)]));

/** @param {string} path */
function linesOf(path) {
  return textOf(path).replace(/\n$/, '').split('\n').length;
}

/** @param {string} path */
function textOf(path) {
  return texts.get(path) ?? '';
}

/** @param {string} path */
function importsOf(path) {
  const names = [...textOf(path).matchAll(IMPORTS)].map(([, fixed, late]) => fixed ?? late ?? '');
  const files = names.map((name) => normalize(join(dirname(path), name)));
  return [...new Set(files)].filter((file) => texts.has(file));
}

/** @type {Map<string, string[]>} */
const importers = new Map(paths.map((path) => [path, []]));
for (const [path, files] of imports) for (const file of files) importers.get(file)?.push(path);

const sizes = paths.map(linesOf).sort((a, b) => a - b);
const single = paths.filter((path) => importers.get(path)?.length === 1);
const small = single.filter((path) => {
  const [importer = ''] = importers.get(path) ?? [];
  return linesOf(path) <= 60 && dirname(path) === dirname(importer);
});

/**
 * The longest chain of imports that starts in a file. The code has no cycles; an older checkout
 * may have some, and a chain passes each file once.
 * @type {Map<string, string[]>}
 */
const chains = new Map();

/**
 * @param {string} path
 * @returns {string[]}
 */
function chainFrom(path) {
  const known = chains.get(path);
  if (known !== undefined) return known;
  chains.set(path, [path]);
  const nexts = (imports.get(path) ?? []).map(chainFrom).toSorted((a, b) => b.length - a.length);
  const chain = [path, ...(nexts[0] ?? [])];
  chains.set(path, chain);
  return chain;
}

const [longest = []] = paths.map(chainFrom).toSorted((a, b) => b.length - a.length);

/** Every file that the file with `renderReport` needs, directly or through others. */
function behindReport() {
  const start = paths.find((path) => /^export .*\bfunction renderReport\b/m.test(textOf(path)));
  const reached = new Set(start === undefined ? [] : [start]);
  for (const path of reached) for (const file of imports.get(path) ?? []) reached.add(file);
  return reached.size;
}

const rooms = readdirSync(join(root, 'src'), { withFileTypes: true });
const total = sizes.reduce((sum, lines) => sum + lines, 0);

for (const [what, figure] of /** @type {const} */ ([
  ['rooms', rooms.filter((entry) => entry.isDirectory()).length],
  ['files', paths.length],
  ['lines', total],
  ['median lines of a file', sizes[Math.floor(sizes.length / 2)]],
  ['longest file', sizes.at(-1)],
  ['files with one importer', single.length],
  ['  of these, at most 60 lines and beside their importer', small.length],
  ['files behind renderReport', behindReport()],
  ['longest chain of imports, in files', longest.length],
])) {
  process.stdout.write(`${what.padEnd(56)}${String(figure).padStart(7)}\n`);
}
process.stdout.write(`\n${longest.map((path) => `  ${path}`).join('\n')}\n`);
