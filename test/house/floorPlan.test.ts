/** docs/floor-plan.md equals the table that imports are checked against. */

import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HOMES, ROOMS } from './rooms.mjs';
import { filesMatching, namesIn, readSourceFile, SOURCE } from './tree.ts';

const plan = readSourceFile('docs/floor-plan.md').text;

function code(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}

function roomRow([
  room,
  { holds, mayImport, mayImportTypesOf = [] },
]: (typeof rooms)[number]): string {
  const values = mayImport.length === 0 ? 'no other room' : code(mayImport);
  const types = mayImportTypesOf.length === 0 ? '' : `; types of ${code(mayImportTypesOf)}`;
  return `| \`${room}/\` | ${values}${types} | ${holds} |`;
}

const rooms = Object.entries(ROOMS);

describe('docs/floor-plan.md', () => {
  it('shows each room with its doors, as the table of the checks has them', () => {
    const [, section = ''] = /^## Rooms$([^]*?)^## /m.exec(plan) ?? [];
    const rows = section.split('\n').filter((line) => /^\| `\w+\/` \|/.test(line));
    expect(rows).toEqual(rooms.map(roomRow));
  });

  it('shows each library with its home and the reason', () => {
    for (const { libraries, home, because } of HOMES) {
      const folder = home.replace(/^\^src\//, '').replace(/\/$/, '');
      expect(plan).toContain(`| ${code(libraries)} | \`${folder}/\` | ${because} |`);
    }
  });

  it('lists every subfolder of a room, and no other', () => {
    const [, table = ''] = /^\| folder \| contains \|$([^]*?)^## /m.exec(plan) ?? [];
    const named = [...table.matchAll(/^\| (.+?) \|/gm)].flatMap(([, cell = '']) => {
      const paths = [...cell.matchAll(/`([^`]+)\/`/g)].map(([, path = '']) => path);
      const [room = ''] = paths[0]?.split('/') ?? [];
      return paths.map((path) => (path.startsWith(`${room}/`) ? path : `${room}/${path}`));
    });
    const folders = filesMatching(SOURCE)
      .map(({ path }) => dirname(path).replace(/^src\/?/, ''))
      .filter((folder) => folder.includes('/') && !/^sources\/[^/]+$/.test(folder));
    expect(named.toSorted()).toEqual([...new Set(folders)].toSorted());
  });

  it('has a row for every folder in src/, empty or not', () => {
    const folders = namesIn('src').filter((name) => !name.includes('.') && name !== 'main');
    expect(folders.filter((folder) => !(folder in ROOMS))).toEqual([]);
  });
});
