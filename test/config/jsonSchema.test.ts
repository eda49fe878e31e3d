import { expect, test } from 'vitest';
import { configJsonSchema } from '../../src/config/jsonSchema.ts';
import { sourceKinds } from '../../src/sources/registry.ts';

/** After a change of the schemas: npm run schema. */
test('the published JSON Schema matches the schemas', async () => {
  const text = `${JSON.stringify(configJsonSchema(sourceKinds), null, 2)}\n`;
  await expect(text).toMatchFileSnapshot('../../docs/rentcheck.schema.json');
});

test('every number of the JSON Schema has a maximum', () => {
  const endless: string[] = [];
  const visit = (schema: unknown, path: string): void => {
    if (typeof schema !== 'object' || schema === null) return;
    const isNumber = 'type' in schema && ['number', 'integer'].includes(String(schema.type));
    if (isNumber && !('maximum' in schema)) endless.push(path);
    for (const [key, inner] of Object.entries(schema)) visit(inner, `${path}/${key}`);
  };
  visit(configJsonSchema(sourceKinds), '');
  expect(endless).toEqual([]);
});

test('every map of the JSON Schema refuses unknown keys, except maps of names', () => {
  const open: string[] = [];
  const visit = (schema: unknown, path: string): void => {
    if (typeof schema !== 'object' || schema === null) return;
    if ('properties' in schema && !('additionalProperties' in schema)) open.push(path);
    for (const [key, inner] of Object.entries(schema)) visit(inner, `${path}/${key}`);
  };
  visit(configJsonSchema(sourceKinds), '');
  expect(open).toEqual([]);
});
