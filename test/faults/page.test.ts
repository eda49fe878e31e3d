/** Shows that docs/faults.md says what the fault matrix does. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { expectGolden } from '../support/golden.ts';
import { CHANNEL_WORLDS } from './channelFaults.ts';
import { FAULTS, isNoPlace, type Page } from './faultList.ts';
import { FILE_WORLDS } from './fileWorlds.ts';
import { WORLDS } from './worlds.ts';

/** Above it the page is written by hand. */
const MARK = '## The faults\n';

const NO_PLACE = ['amount', 'required', 'id', 'choice', 'times', 'nextPage'] as const;

function rows(all: readonly (readonly string[])[]): string {
  return all.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function blindRows(kind: string, pages: readonly Page[]): string[][] {
  return pages.flatMap((page) =>
    FAULTS.filter(({ sparing }) => sparing?.(page) === undefined).flatMap(({ name }) => {
      const why = page.blind?.[name];
      return why === undefined ? [] : [[kind, page.name, name, why]];
    }),
  );
}

function sparedRows(kind: string, pages: readonly Page[]): string[][] {
  return pages.flatMap((page) =>
    NO_PLACE.flatMap((part) => {
      const place = page[part];
      const name = part === 'nextPage' ? 'pages' : part;
      return isNoPlace(place) ? [[kind, page.name, name, place.none]] : [];
    }),
  );
}

function faultsPage(): string {
  const files = FILE_WORLDS.map(({ kind, page }) => [`import ${kind}`, [page]] as const);
  const all = [...WORLDS.map(({ kind, pages }) => [kind, pages] as const), ...files];
  const places = { socket: 'on the way', bytes: 'in the bytes', value: 'in the values' };
  return [
    MARK,
    rows([['fault', 'where'], ['---', '---'], ...FAULTS.map(({ name, at }) => [name, places[at]])]),
    '\n## What one answer alone cannot show\n',
    'These lies look like the truth. Each is listed with what shows it: a second source. A test ' +
      'strikes off the list\nwhatever comes to light by itself.\n',
    rows([
      ['source', 'answer', 'fault', 'why, and what shows it'],
      ['---', '---', '---', '---'],
      ...all.flatMap(([kind, pages]) => blindRows(kind, pages)),
    ]),
    '\n## What cannot happen\n',
    'A file is there or not: of the faults on the way only a missing file and a page of HTML ' +
      'have their like.\n',
    rows([
      ['source', 'answer', 'no fault of', 'why'],
      ['---', '---', '---', '---'],
      ...all.flatMap(([kind, pages]) => sparedRows(kind, pages)),
    ]),
    '\n## Channels\n',
    rows([
      ['channel', 'faults', 'spared the others, for'],
      ['---', '---', '---'],
      ...CHANNEL_WORLDS.map(({ kind, cells, spared }) => [kind, String(cells.length), spared]),
    ]),
    '',
  ].join('\n');
}

test('docs/faults.md lists the faults and the lies that only a second source shows', () => {
  const [head = ''] = readFileSync('docs/faults.md', 'utf8').split(MARK);
  expectGolden('../../docs/faults.md', head + faultsPage());
  expect(FAULTS.length).toBeGreaterThanOrEqual(35);
});
