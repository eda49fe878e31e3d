/** Validates an answer or a file against the subset of JSON Schema that tests need. */

type Json = Readonly<Record<string, unknown>>;

/** Keywords that only document, or that the validated answers never need. */
const SILENT = new Set([
  'description',
  'title',
  'example',
  'examples',
  'default',
  'discriminator',
  'x-enum-varnames',
  '$schema',
  '$id',
  '$defs',
  'id',
  'definitions',
  'deprecated',
  'nullable',
  // A misspelling in the compose specification, between anyOf's branches.
  'service',
]);

const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

/**
 * Every place where `value` violates `schema`. Empty if it conforms. An unknown keyword in a schema
 * throws, so that nothing passes unchecked.
 */
export function findSchemaFaults(value: unknown, schema: unknown, root: unknown): string[] {
  return check(value, schema as Json, { root: root as Json, path: '$' });
}

/**
 * The schema of one answer, with references resolved: `schemaAt(spec, ['paths', '/v2/pods', …])`.
 */
export function schemaAt(root: unknown, keys: readonly string[]): unknown {
  let at: unknown = root;
  for (const key of keys) {
    const here = resolve(at as Json, root as Json);
    if (!(key in here)) throw new Error(`the specification has no ${keys.join(' ')} (at ${key})`);
    at = here[key];
  }
  return at;
}

interface Place {
  readonly root: Json;
  readonly path: string;
}

function check(value: unknown, schema: Json, place: Place): string[] {
  return Object.entries(schema).flatMap(([word, rule]) => {
    if (SILENT.has(word)) return [];
    const checker = WORDS[word];
    if (checker === undefined) throw new Error(`${place.path}: unknown schema word ${word}`);
    return checker(value, rule, { ...place, schema });
  });
}

type Checker = (value: unknown, rule: unknown, place: Place & { schema: Json }) => string[];

const WORDS: Readonly<Record<string, Checker>> = {
  $ref: (value, rule, place) => check(value, resolve({ $ref: rule }, place.root), place),
  type: (value, rule, { path, schema }) => {
    const wanted = ([] as unknown[]).concat(rule);
    // OpenAPI 3.0 has a `nullable` flag, where JSON Schema has null in the list of types.
    const isAbsent = value === null && schema['nullable'] === true;
    const fits = isAbsent || wanted.some((type) => typeOf(value, type) === type);
    return fits ? [] : [`${path}: ${JSON.stringify(value)} is not ${wanted.join(' or ')}`];
  },
  enum: (value, rule, { path }) =>
    (rule as unknown[]).includes(value) ? [] : [`${path}: ${JSON.stringify(value)} is not allowed`],
  const: (value, rule, { path }) =>
    value === rule ? [] : [`${path}: ${JSON.stringify(value)} is not ${JSON.stringify(rule)}`],
  required: (value, rule, { path }) =>
    isObject(value)
      ? (rule as string[])
          .filter((name) => !(name in value))
          .map((name) => `${path}.${name}: missing`)
      : [],
  properties: (value, rule, place) =>
    isObject(value)
      ? Object.entries(rule as Json)
          .filter(([name]) => name in value)
          .flatMap(([name, schema]) =>
            check(value[name], schema as Json, { ...place, path: `${place.path}.${name}` }),
          )
      : [],
  additionalProperties: (value, rule, place) => {
    if (!isObject(value) || rule === true) return [];
    const known = (place.schema['properties'] ?? {}) as Json;
    const patterns = patternsOf(place.schema).map(([pattern]) => pattern);
    const others = Object.keys(value).filter(
      (name) => !(name in known) && !patterns.some((pattern) => pattern.test(name)),
    );
    if (rule === false) return others.map((name) => `${place.path}.${name}: not known`);
    return others.flatMap((name) =>
      check(value[name], rule as Json, { ...place, path: `${place.path}.${name}` }),
    );
  },
  patternProperties: (value, _, place) =>
    isObject(value)
      ? patternsOf(place.schema).flatMap(([pattern, schema]) =>
          Object.entries(value)
            .filter(([name]) => pattern.test(name))
            .flatMap(([name, inner]) =>
              check(inner, schema, { ...place, path: `${place.path}.${name}` }),
            ),
        )
      : [],
  uniqueItems: (value, rule, { path }) =>
    rule === true && Array.isArray(value) && new Set(value).size < value.length
      ? [`${path}: says something twice`]
      : [],
  items: (value, rule, place) =>
    Array.isArray(value)
      ? value.flatMap((item, at) =>
          check(item, rule as Json, { ...place, path: `${place.path}[${at}]` }),
        )
      : [],
  allOf: (value, rule, place) => (rule as Json[]).flatMap((schema) => check(value, schema, place)),
  anyOf: (value, rule, place) =>
    fitting(value, rule, place) > 0 ? [] : [`${place.path}: fits none of anyOf`],
  oneOf: (value, rule, place) =>
    fitting(value, rule, place) === 1 ? [] : [`${place.path}: fits not exactly one of oneOf`],
  minimum: (value, rule, { path }) =>
    typeof value === 'number' && value < Number(rule) ? [`${path}: below ${String(rule)}`] : [],
  maximum: (value, rule, { path }) =>
    typeof value === 'number' && value > Number(rule) ? [`${path}: above ${String(rule)}`] : [],
  minItems: (value, rule, { path }) =>
    Array.isArray(value) && value.length < Number(rule) ? [`${path}: too few`] : [],
  maxItems: (value, rule, { path }) =>
    Array.isArray(value) && value.length > Number(rule) ? [`${path}: too many`] : [],
  minLength: (value, rule, { path }) =>
    typeof value === 'string' && value.length < Number(rule) ? [`${path}: too short`] : [],
  maxLength: (value, rule, { path }) =>
    typeof value === 'string' && value.length > Number(rule) ? [`${path}: too long`] : [],
  pattern: (value, rule, { path }) =>
    typeof value === 'string' && !new RegExp(String(rule), 'u').test(value)
      ? [`${path}: does not match ${String(rule)}`]
      : [],
  format: (value, rule, { path }) =>
    rule === 'date-time' && typeof value === 'string' && !DATE_TIME.test(value)
      ? [`${path}: ${value} is not a date-time`]
      : [],
};

function patternsOf(schema: Json): [RegExp, Json][] {
  const patterns = (schema['patternProperties'] ?? {}) as Json;
  return Object.entries(patterns).map(([pattern, inner]) => [
    new RegExp(pattern, 'u'),
    inner as Json,
  ]);
}

function fitting(value: unknown, rule: unknown, place: Place): number {
  return (rule as Json[]).filter((schema) => check(value, schema, place).length === 0).length;
}

function typeOf(value: unknown, wanted: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return wanted === 'integer' && Number.isInteger(value) ? 'integer' : typeof value;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function resolve(schema: Json, root: Json): Json {
  const reference = schema['$ref'];
  if (typeof reference !== 'string') return schema;
  const keys = reference.replace(/^#\//, '').split('/');
  let at: unknown = root;
  for (const key of keys) at = (at as Json)[key.replaceAll('~1', '/').replaceAll('~0', '~')];
  if (!isObject(at)) throw new Error(`nothing at ${reference}`);
  return resolve(at, root);
}
