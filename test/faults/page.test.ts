/** Checks that docs/faults.md says what the fault matrix does. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { expectGolden } from '../support/golden.ts';
import { CHANNEL_WORLDS } from './channelFaults.ts';
import { FAULTS, isNoPlace, type FaultPage } from './faultList.ts';
import { FILE_WORLDS } from './fileWorlds.ts';
import { SOURCE_WORLDS } from './worlds.ts';

/** The part of the page above this heading is written by hand. */
const MARK = '## The faults\n';

const NO_PLACE = ['amount', 'required', 'id', 'choice', 'times', 'nextPage'] as const;

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [columns, columns.map(() => '---'), ...rows];
  return all.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** The faults that a page states under this name, with the reasons. */
function statedRows(list: 'blind' | 'harmless', kind: string, pages: readonly FaultPage[]) {
  return pages.flatMap((page) =>
    FAULTS.filter(({ sparing }) => sparing?.(page) === undefined).flatMap(({ name }) => {
      const why = page[list]?.[name];
      return why === undefined ? [] : [[kind, page.name, name, why]];
    }),
  );
}

function sparedRows(kind: string, pages: readonly FaultPage[]): string[][] {
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
  const all = [...SOURCE_WORLDS.map(({ kind, pages }) => [kind, pages] as const), ...files];
  const places = { socket: 'in the network', bytes: 'in the bytes', value: 'in the values' };
  return [
    MARK,
    table(
      ['fault', 'where'],
      FAULTS.map(({ name, at }) => [name, places[at]]),
    ),
    '\n## Faults that one response cannot show\n',
    'A response with one of these faults looks like a correct one. Each is listed with the ' +
      'second source\nthat shows it. A test fails if a listed fault is detected without it.\n',
    table(
      ['source', 'response', 'fault', 'why, and what shows it'],
      all.flatMap(([kind, pages]) => statedRows('blind', kind, pages)),
    ),
    '\n## Faults without effect\n',
    'The fault changes nothing that is read of the response. A test fails if a listed fault has ' +
      'an effect,\nor if a fault without effect is not listed.\n',
    table(
      ['source', 'response', 'fault', 'why'],
      all.flatMap(([kind, pages]) => statedRows('harmless', kind, pages)),
    ),
    '\n## Faults that cannot happen\n',
    'A file exists or not. Of the faults of the network, only a missing file and an HTML page ' +
      'apply to it.\n',
    table(
      ['source', 'response', 'no fault of', 'why'],
      all.flatMap(([kind, pages]) => sparedRows(kind, pages)),
    ),
    '\n## Channels\n',
    table(
      ['channel', 'faults', 'why the others do not apply'],
      CHANNEL_WORLDS.map(({ kind, cells, spared }) => [kind, String(cells.length), spared]),
    ),
    '',
  ].join('\n');
}

test('docs/faults.md lists the faults, and wrong facts that only a second source reveals', () => {
  const [head = ''] = readFileSync('docs/faults.md', 'utf8').split(MARK);
  expectGolden('../../docs/faults.md', head + faultsPage());
  expect(FAULTS.length).toBeGreaterThanOrEqual(35);
});
