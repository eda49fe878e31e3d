/** The list of codes in docs/audit.md, compared with the published schema. */

import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';

type Json = Readonly<Record<string, unknown>>;

interface Variant {
  readonly description: string;
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, { readonly const?: string }>>;
}

const read = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
const defs = (JSON.parse(read('audit.schema.json')) as { $defs: Readonly<Record<string, Json>> })
  .$defs;

/** Unions of facts: definitions whose alternatives are distinguished by a code. */
function variantsOf(definition: Json): Variant[] {
  const all = (definition['anyOf'] ?? []) as Variant[];
  return all.filter((each) => each.properties?.['code']?.const !== undefined);
}

function lineOf({ description, required, properties }: Variant): string {
  const fields = Object.keys(properties)
    .filter((name) => name !== 'code')
    .map((name) => `\`${name}\`${required.includes(name) ? '' : '?'}`);
  const fieldList = fields.length === 0 ? '' : ` (${fields.join(', ')})`;
  return `- \`${properties['code']?.const}\`${fieldList}: ${description}`;
}

function listed(): string {
  return Object.entries(defs)
    .filter(([, definition]) => variantsOf(definition).length > 0)
    .map(([name, definition]) => {
      const lines = variantsOf(definition).map(lineOf);
      return `### ${name}\n\n${String(definition['description'])}\n\n${lines.join('\n')}\n`;
    })
    .join('\n');
}

const TITLE = '## All codes\n\n';

test('docs/audit.md lists every code of the schema with its fields', () => {
  const page = read('audit.md');
  const [before = '', told = ''] = page.split(TITLE);
  const [intro = ''] = told.split('### ');
  const whole = `${before}${TITLE}${intro}${listed()}`;
  if (process.env['UPDATE_GOLDEN'] !== undefined) {
    writeFileSync(new URL('../../docs/audit.md', import.meta.url), whole);
  }
  expect(read('audit.md')).toBe(whole);
});

test('a code is in one union only', () => {
  const codes = Object.values(defs)
    .flatMap(variantsOf)
    .map(({ properties }) => properties['code']?.const);
  expect(codes.filter((code, at) => codes.indexOf(code) !== at)).toEqual([]);
});
