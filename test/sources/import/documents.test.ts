import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importKinds } from '../../../src/sources/import/fileForm.ts';
import { readImportText } from './readImportText.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/imports.md'), 'utf8');

/** The section of one import, up to the next heading. */
function chapter(name: string): string {
  const heading = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
}

describe('the page on imports', () => {
  test.each(Object.values(importKinds))('lists each column of $name as the code has it', (kind) => {
    const result = { required: [] as string[], optional: [] as string[] };
    for (const [, names = '', need = ''] of chapter(kind.name).matchAll(
      /^\| (`[^|]*`) \| (required|optional) \|/gm,
    )) {
      const columns = [...names.matchAll(/`(\w+)`/g)].map(([, column = '']) => column);
      result[need as 'required' | 'optional'].push(...columns);
    }
    expect(result.required.sort()).toEqual([...kind.columns.required].sort());
    expect(result.optional.sort()).toEqual([...kind.columns.optional].sort());
  });

  test.each(Object.values(importKinds))(
    'shows an example of $name that can be imported',
    async (kind) => {
      const [, example = ''] = /```csv\n([^`]*)```/.exec(chapter(kind.name)) ?? [];
      const { facts, rejects, warnings } = await readImportText(kind.name, example);
      expect(rejects).toEqual([]);
      expect(warnings).toEqual([]);
      expect(facts[kind.name]).toHaveLength(1);
    },
  );
});
