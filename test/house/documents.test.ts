/** The documents name everything that a user can type, store or query. */

import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FAILURES } from '../../src/domain/failure.ts';
import { filesMatching, namesIn, PROSE, ROOT, readSourceFile, SOURCE } from './tree.ts';

const documents = filesMatching(PROSE);
const all = documents.map(({ text }) => text).join('\n');
const sources = filesMatching(SOURCE);

/** The first group of every match of a pattern in the files below a folder. */
function namesInCode(folder: string, pattern: RegExp): string[] {
  const texts = sources.filter(({ path }) => path.startsWith(folder)).map(({ text }) => text);
  return [
    ...new Set(texts.flatMap((text) => [...text.matchAll(pattern)].map(([, name]) => name ?? ''))),
  ];
}

/** A name counts as documented if it appears as code: between backticks or in a code block. */
function undocumented(names: readonly string[]): string[] {
  const code = [...all.matchAll(/```[^]*?```|`[^`\n]+`/g)].map(([span]) => span).join('\n');
  return names.filter((name) => !new RegExp(`(^|[^\\w-])${name}($|[^\\w-])`, 'm').test(code));
}

/** Every key that the published JSON Schema of rentcheck.yaml has, at any depth. */
function configKeys(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const own = 'properties' in schema ? Object.keys(schema.properties ?? {}) : [];
  return [...own, ...Object.values(schema).flatMap(configKeys)];
}

/** Headings as GitHub addresses them: lowercase words joined by hyphens. */
function anchorsOf(text: string): ReadonlySet<string> {
  const headings = text.replace(/^ *```[^]*?^ *```/gm, '').matchAll(/^#+ (.*)$/gm);
  const addresses = [...headings].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\d_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
  return new Set(addresses);
}

const folders = (under: string) => namesIn(under).filter((name) => !name.includes('.'));

describe('the documents', () => {
  it.each([
    ['command', namesInCode('src/cli/commands/', /\.command\('([a-z-]+)/g)],
    ['option', namesInCode('src/cli/', /(?:[oO]ption\(\s*|flags: )'(?:-\w, )?(--[a-z-]+)/g)],
    ['config key', configKeys(JSON.parse(readSourceFile('docs/rentcheck.schema.json').text))],
    ['job', namesInCode('src/jobs/', /^ {2}name: '([a-z]+)'/gm)],
    ['kind of source', folders('src/sources')],
    ['SQL view', namesIn('migrations/views').map((name) => name.replace('.sql', ''))],
    ['failure code', namesInCode('src/domain/failure.ts', /^ {2}'?([a-z-]+)'?: \{/gm)],
    ['room', folders('src')],
    ['npm script', Object.keys(JSON.parse(readSourceFile('package.json').text).scripts)],
  ])('name every %s', (_, names) => {
    expect(names.length).toBeGreaterThan(0);
    expect(undocumented(names)).toEqual([]);
  });

  it('have their missing names detected', () => {
    expect(undocumented(['no-such-thing-anywhere'])).toEqual(['no-such-thing-anywhere']);
  });

  it('link only to existing files', () => {
    const dead = documents.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)]
        .map(([, target]) => normalize(join(dirname(path), target ?? '')))
        .filter((target) => !existsSync(join(ROOT, target)))
        .map((target) => `${path} → ${target}`),
    );
    expect(dead).toEqual([]);
  });

  it('name only existing files and folders of the project', () => {
    const inProject = /`((?:src|test|docs|bench|migrations|templates|deploy)\/[\w./-]+)`/g;
    const dead = documents
      .filter(({ path }) => path !== 'CHANGELOG.md')
      .flatMap(({ path, text }) =>
        [...text.matchAll(inProject)]
          .map(([, name]) => name ?? '')
          .filter((name) => !existsSync(join(ROOT, name)) && !/NNNN/.test(name))
          .map((name) => `${path} → ${name}`),
      );
    expect(dead).toEqual([]);
  });

  it('say in the glossary where each word appears', () => {
    const glossary = readSourceFile('docs/glossary.md').text;
    const keys = new Set([
      ...configKeys(JSON.parse(readSourceFile('docs/rentcheck.schema.json').text)),
      ...configKeys(JSON.parse(readSourceFile('docs/audit.schema.json').text)),
    ]);
    const others = ['commands', 'ledger', 'monitoring'];
    const pages = others.map((name) => readSourceFile(`docs/${name}.md`).text).join('\n');
    const rows = [...glossary.matchAll(/^\| ([^|]+) \| [^|]+ \| ([^|]+) \|/gm)].slice(2);
    expect(rows.length).toBeGreaterThan(60);
    const dead = rows.flatMap(([, word, where = '']) =>
      [...where.matchAll(/`([^`]+)`/g)]
        .flatMap(([, name = '']) => (/^[\w.]+$/.test(name) ? name.split('.') : [name]))
        .filter((name) => !keys.has(name) && !pages.includes(name))
        .map((name) => `${word}: ${name}`),
    );
    expect(dead).toEqual([]);
  });

  it('link only to existing headings', () => {
    const anchors = new Map(documents.map(({ path, text }) => [path, anchorsOf(text)]));
    const links = documents.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)/g)].map(([link, file, anchor]) => ({
        link: `${path} ${link}`,
        target: file === '' ? path : normalize(join(dirname(path), file ?? '')),
        anchor: anchor ?? '',
      })),
    );
    expect(links.length).toBeGreaterThan(50);
    const dead = links.filter(({ target, anchor }) => anchors.get(target)?.has(anchor) !== true);
    expect(dead.map(({ link }) => link)).toEqual([]);
    expect(anchorsOf('# A `b`, c?\n')).toEqual(new Set(['a-b-c']));
  });

  it('say for every failure whether it is temporary and what to do', () => {
    const rows = Object.entries(FAILURES).map(
      ([code, { passing, hint }]) => `| \`${code}\` | ${passing ? 'yes' : 'no'} | ${hint} |`,
    );
    const { lines } = readSourceFile('docs/operations.md');
    const [start, end] = [lines.indexOf('| code | temporary | what to do |') + 2, rows.length];
    expect(lines.slice(start, start + end)).toEqual(rows);
  });

  it('name for every security promise the tests that show it', () => {
    const { text } = readSourceFile('docs/security.md');
    const [, model = ''] = text.split('## Threat model');
    const rows = model.split('\n').filter((line) => /^\| (?!promise|---)/.test(line));
    expect(rows.length).toBeGreaterThan(25);
    const shown = /\| (?:\[[\w.]+\]\(\.\.\/test\/[\w/]+\.test\.ts\)(?:, | \|$))+/;
    expect(rows.filter((row) => !shown.test(row))).toEqual([]);
  });

  it('say for every decision what was decided and what follows', () => {
    const decisions = documents.filter(({ path }) => path.startsWith('docs/decisions/'));
    expect(decisions.length).toBeGreaterThanOrEqual(6);
    for (const { path, text } of decisions) {
      expect(path).toMatch(/\/\d{4}-[a-z0-9-]+\.md$/);
      for (const part of ['## Context', '## Decision', '## Consequences']) {
        expect(text.includes(part) ? 'there' : `${path} lacks ${part}`).toBe('there');
      }
    }
  });
});
