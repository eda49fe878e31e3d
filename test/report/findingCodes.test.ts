/** The list of codes in docs/doctor.md, compared with the types of the doctor's findings. */

import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseAst } from 'vitest/node';

interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** One kind of finding: its code and areas, and its other fields. */
interface Shape {
  readonly values: Readonly<Record<string, readonly string[]>>;
  readonly fields: readonly string[];
}

const FILES = ['finding', 'mappingFact', 'billIssues', 'ledgerFaults'];

const textOf = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** Types by name, over all files. */
const TYPES = new Map(
  FILES.flatMap((name) => {
    const { body } = parseAst(textOf(`src/domain/${name}.ts`), { lang: 'ts' }) as unknown as {
      readonly body: readonly Node[];
    };
    return body
      .map((node) => (node['declaration'] ?? node) as Node)
      .filter(({ type }) => /^TS(?:TypeAlias|Interface)Declaration$/.test(type))
      .map((node) => [nameOf(node['id']), node] as const);
  }),
);

function nameOf(node: unknown): string {
  return (node as { readonly name: string }).name;
}

/** Every alternative that a type allows. `areas` replaces the parameter of an area. */
function shapesOf(node: Node, areas: readonly string[] = []): Shape[] {
  switch (node.type) {
    case 'TSUnionType':
      return (node['types'] as readonly Node[]).flatMap((part) => shapesOf(part, areas));
    case 'TSIntersectionType':
      return (node['types'] as readonly Node[])
        .map((part) => shapesOf(part, areas))
        .reduce((all, more) => all.flatMap((one) => more.map((other) => joined(one, other))));
    case 'TSParenthesizedType':
      return shapesOf(node['typeAnnotation'] as Node, areas);
    case 'TSTypeLiteral':
      return [membersOf(node['members'] as readonly Node[], areas)];
    case 'TSTypeReference':
      return referenced(node, areas);
    default:
      return [{ values: {}, fields: [] }];
  }
}

function referenced(node: Node, areas: readonly string[]): Shape[] {
  const declared = TYPES.get(nameOf(node['typeName']));
  if (declared === undefined) return [{ values: {}, fields: [] }];
  const given = node['typeArguments'] as { readonly params: readonly Node[] } | undefined;
  const own = given?.params.flatMap(literalsOf) ?? areas;
  if (declared.type === 'TSTypeAliasDeclaration') {
    return shapesOf(declared['typeAnnotation'] as Node, own);
  }
  return [membersOf((declared['body'] as { readonly body: readonly Node[] }).body, own)];
}

/** The values of a field: one word, or any of several. */
function literalsOf(node: Node): string[] {
  if (node.type === 'TSUnionType') return (node['types'] as readonly Node[]).flatMap(literalsOf);
  const { value } = (node['literal'] ?? {}) as { readonly value?: unknown };
  return typeof value === 'string' ? [value] : [];
}

function membersOf(members: readonly Node[], areas: readonly string[]): Shape {
  const values: Record<string, readonly string[]> = {};
  const fields: string[] = [];
  for (const member of members) {
    const name = nameOf(member['key']);
    const type = (member['typeAnnotation'] as { readonly typeAnnotation: Node }).typeAnnotation;
    if (name === 'code') values[name] = literalsOf(type);
    else if (name === 'area') values[name] = areas;
    else if (!['subject', 'deployment', 'state'].includes(name)) {
      fields.push(`${name}${member['optional'] === true ? '?' : ''}`);
    }
  }
  return { values, fields };
}

function joined(one: Shape, other: Shape): Shape {
  return {
    values: { ...one.values, ...other.values },
    fields: [...one.fields, ...other.fields],
  };
}

const finding = TYPES.get('Finding')?.['typeAnnotation'] as Node;
const shapes = shapesOf(finding);
const codesOf = ({ values: { code = [] } }: Shape) => code;

const HEADER = '| code | area | its figures |\n| --- | --- | --- |\n';

/** The possible values of `wrong` in a `ledger-fault`. */
function wrongs(): string {
  const all = shapesOf(TYPES.get('LedgerRowFault')?.['typeAnnotation'] as Node);
  return all
    .map((shape) => {
      const fieldList = shape.fields.map((field) => `\`${field}\``).join(', ');
      return `- \`${codesOf(shape).join()}\`${fieldList === '' ? '' : ` (${fieldList})`}\n`;
    })
    .join('');
}

const WRONG = '\nThe `wrong` of a `ledger-fault` is one of these codes, with its figures:\n\n';

function table(): string {
  const rows = shapes.map((shape) => {
    const { fields, values } = shape;
    const areas = values['area'] ?? [];
    const where = areas.length === 0 ? 'any' : areas.map((area) => `\`${area}\``).join(', ');
    const fieldList = fields.map((field) => `\`${field}\``).join(', ');
    return `| \`${codesOf(shape).join()}\` | ${where} | ${fieldList} |\n`;
  });
  return `${HEADER}${rows.join('')}${WRONG}${wrongs()}`;
}

test('docs/doctor.md lists every code with its area and figures', () => {
  const page = textOf('docs/doctor.md');
  const [before = ''] = page.split(HEADER);
  const whole = `${before}${table()}`;
  if (process.env['UPDATE_GOLDEN'] !== undefined) {
    writeFileSync(new URL('../../docs/doctor.md', import.meta.url), whole);
  }
  expect(textOf('docs/doctor.md')).toBe(whole);
});

test('each code is listed once, and every reported kind has one', () => {
  const codes = shapes.flatMap(codesOf);
  expect(codes).toHaveLength(shapes.length);
  expect(codes.filter((code, at) => codes.indexOf(code) !== at)).toEqual([]);
  const files = [
    'findings',
    'configFindings',
    'ledgerFindings',
    'mappings',
    'equivalents',
    'bills',
  ];
  const reported = files.flatMap((name) => [
    ...textOf(`src/report/copy/${name}.ts`).matchAll(/case '([a-z]+(?:-[a-z]+)+)':/g),
  ]);
  const allowed = ['config-in-order', 'failure'];
  const wrong = shapesOf(TYPES.get('LedgerRowFault')?.['typeAnnotation'] as Node).flatMap(codesOf);
  const uptime = ['ran-before-first-seen', 'uptime-not-observed', 'uptime-without-price'];
  const models = ['their-words', 'our-words'];
  const known = [...codes, ...wrong, ...uptime, 'uptime-before-price', ...models];
  const unlisted = reported.map(([, code = '']) => code).filter((code) => !known.includes(code));
  expect(unlisted).toEqual([]);
  const unused = codes.filter((code) => !reported.some(([, one]) => one === code));
  expect(unused.filter((code) => !allowed.includes(code))).toEqual([]);
});
