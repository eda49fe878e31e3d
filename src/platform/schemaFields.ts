/** Finds the fields that a schema reads, so that only these are kept of a response. */

import { z } from 'zod';
import { Failure, invariant } from '../domain/failure.ts';
import type { FetchBody } from '../domain/provenance.ts';
import { BodyCollector, bodyHead, plainBytes, plainPieces } from './body.ts';
import { looksLikeHtml, parsePlain } from './json.ts';
import { type JsonFields, JsonFilter } from './jsonFilter.ts';
import { createRedactor } from './redact.ts';

/** The schema that reads the elements of a list later. */
const readLater = new WeakMap<z.ZodType, z.ZodType>();
/** Members of an object that are kept because their name matches. */
const readByName = new WeakMap<
  z.ZodType,
  { readonly names: RegExp; readonly fields: JsonFields }
>();

/** Numbers stay, strings are dropped. */
const NAME_ONLY: JsonFields = { scalar: false };

/** A list whose records are parsed one by one, so that a bad record costs only itself. */
export function recordList(record: z.ZodType) {
  const element = z.unknown();
  readLater.set(element, record);
  return z.array(element);
}

/**
 * The same object, with matching members kept too: to list their names, or to be read with the
 * schema `of`.
 */
export function withMatchingMembers<T extends z.ZodObject>(
  object: T,
  names: RegExp,
  of?: z.ZodType,
): T {
  readByName.set(object, { names, fields: of === undefined ? NAME_ONLY : findReadFields(of) });
  return object;
}

/**
 * The fields of a response that a schema reads. A schema that does not say is a bug: use {@link
 * listOf}.
 */
export function findReadFields(schema: z.ZodType): JsonFields {
  if (schema instanceof z.ZodObject) return objectFields(schema);
  if (schema instanceof z.ZodArray) {
    return { scalar: false, list: findReadFields(schema.element as z.ZodType) };
  }
  if (schema instanceof z.ZodRecord) {
    const inside = findReadFields(schema.valueType as z.ZodType);
    return { scalar: false, member: () => inside };
  }
  if (schema instanceof z.ZodUnion) return unionOf(schema.options.map(asType).map(findReadFields));
  if (schema instanceof z.ZodPipe) return findReadFields(schema.in as z.ZodType);
  const inner = innerOf(schema);
  if (inner !== undefined) return findReadFields(inner);
  invariant(
    SCALARS.some((scalar) => schema instanceof scalar),
    `${schema.def.type} says not what it reads`,
  );
  return { scalar: true };
}

const SCALARS = [z.ZodString, z.ZodNumber, z.ZodBoolean, z.ZodLiteral, z.ZodEnum, z.ZodCustom];

function asType(option: unknown): z.ZodType {
  return option as z.ZodType;
}

function innerOf(schema: z.ZodType): z.ZodType | undefined {
  const later = readLater.get(schema);
  if (later !== undefined) return later;
  const wraps =
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodCatch;
  return wraps ? (schema.def.innerType as z.ZodType) : undefined;
}

function objectFields(schema: z.ZodObject): JsonFields {
  const inside = new Map(
    Object.entries(schema.shape).map(([name, of]) => [name, findReadFields(asType(of))]),
  );
  const { names, fields } = readByName.get(schema) ?? {};
  const named = (name: string) => (names?.test(name) === true ? fields : undefined);
  return { scalar: false, member: (name) => inside.get(name) ?? named(name) };
}

function unionOf(all: readonly JsonFields[]): JsonFields {
  const lists = all.flatMap(({ list }) => list ?? []);
  const members = all.flatMap(({ member }) => member ?? []);
  const [list, member] = [lists[0], members[0]];
  invariant(lists.length <= 1 && members.length <= 1, 'one list and one object at most');
  return {
    scalar: all.some(({ scalar }) => scalar),
    ...(list === undefined ? {} : { list }),
    ...(member === undefined ? {} : { member }),
  };
}

/** The kept fields of a JSON body, one piece at a time, or `undefined` if it is not JSON. */
export function filterBody(body: FetchBody, fields: JsonFields): FetchBody | undefined {
  const sieve = new JsonFilter(fields);
  const intake = new BodyCollector(NO_SECRETS);
  let isFirst = true;
  for (const piece of plainPieces(body)) {
    intake.take(sieve.push(isFirst ? withoutMark(piece) : piece));
    isFirst = false;
  }
  return sieve.end() ? intake.end().body : undefined;
}

/** Secrets were removed before. */
const NO_SECRETS = createRedactor([]);

/** Without the byte order mark that some servers send before UTF-8. */
function withoutMark(piece: Uint8Array): Uint8Array {
  return piece[0] === 0xef && piece[1] === 0xbb && piece[2] === 0xbf ? piece.subarray(3) : piece;
}

/**
 * The part of a body that is stored, so that its facts can be read again.
 * @throws {Failure} `malformed`. It quotes nothing, because secrets cannot be recognized in invalid
 * JSON.
 */
export function toStoredBody(body: FetchBody, fields: JsonFields, where: string): FetchBody {
  const kept = filterBody(body, fields);
  if (kept === undefined) throw describeBrokenBody(body, where);
  return kept;
}

/** A longer text is not parsed just to describe what is wrong with it. */
const PARSED_BYTES = 16 * 1024 * 1024;

function describeBrokenBody(body: FetchBody, where: string): Failure {
  if (body.byteLength <= PARSED_BYTES) parsePlain(plainBytes(body), where);
  const isPage = looksLikeHtml(new TextDecoder().decode(bodyHead(body, 1_000)));
  const deep = body.byteLength <= PARSED_BYTES ? 'JSON that is nested too deeply' : undefined;
  const what = deep ?? (isPage ? 'an HTML page instead of JSON' : 'text that is not JSON');
  return new Failure('malformed', `${where} returned ${what}`, { where, expected: 'JSON' });
}
