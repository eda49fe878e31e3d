/** JSON Schema of `rentcheck.yaml`, for completion and validation in editors. */

import { z } from 'zod';
import { secretSchema } from '../platform/secret.ts';
import type { SourceKind } from '../sources/source.ts';
import { IMPORT_KIND } from './ids.ts';
import { configSchema } from './schema.ts';
import { importOptions } from './sourceSections.ts';

type Json = Record<string, unknown>;

const SECRET: Json = {
  description: 'A secret, written as ${ENV} or { file: PATH }.',
  anyOf: [
    { type: 'string', pattern: '^\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}$' },
    {
      type: 'object',
      properties: { file: { type: 'string' } },
      required: ['file'],
      additionalProperties: false,
    },
  ],
};

/**
 * Builds the JSON Schema from the schemas that validate the config, with one schema per source
 * kind.
 */
export function configJsonSchema(kinds: readonly SourceKind[]): Json {
  const schema = jsonSchemaOf(configSchema);
  const properties = schema['properties'] as Record<string, Json>;
  const sources = [
    ...kinds.map(({ kind, options }) => sourceSchema(kind, options)),
    sourceSchema(IMPORT_KIND, importOptions),
  ];
  properties['sources'] = { ...properties['sources'], additionalProperties: { anyOf: sources } };
  return { title: 'rentcheck.yaml', ...schema };
}

function sourceSchema(kind: string, options: z.ZodType): Json {
  const { $schema: _, ...schema } = jsonSchemaOf(options);
  const required = (schema['required'] as string[] | undefined) ?? [];
  return {
    ...schema,
    title: `${kind} source`,
    properties: { kind: { const: kind }, ...(schema['properties'] as Json) },
    required: ['kind', ...required],
  };
}

function jsonSchemaOf(schema: z.ZodType): Json {
  return z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      if (zodSchema === secretSchema) Object.assign(jsonSchema, SECRET);
      if (typeof jsonSchema.default === 'object') delete jsonSchema.default;
    },
  });
}
