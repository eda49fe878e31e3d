/** Reads access logs: tokens, times and names of each request, but no message texts. */

import { EscalationMatcher, type ModelCall } from '../../../domain/escalation.ts';
import { Failure } from '../../../domain/failure.ts';
import {
  labelCell,
  LOG_FIELDS,
  LOG_MATCH_KEYS,
  type LogMapping,
} from '../../../domain/fileMapping.ts';
import { parseInstant } from '../../../domain/period.ts';
import { DEMANDS, LOG_INTERVAL_MS, type LoggedRequest } from '../../../domain/usageFacts.ts';
import { sha256Hex } from '../../../platform/digest.ts';
import { attributionLabels, decodePart, encodePart } from '../../engines/attribution.ts';
import { requireMatch, findTarget, unmatchedNote } from '../../gatewayMatch.ts';
import type { UsageTarget } from '../../source.ts';
import { readCount, isInFuture, refuseCell } from '../cells.ts';
import type { FactKind, ReadContext, ReadRow } from '../factKind.ts';
import { CACHE_PARTS, fieldPaths } from '../logRecords.ts';
import type { FileRow } from '../columns.ts';

export interface LogImportOptions {
  readonly targets: readonly UsageTarget[];
  readonly mapping?: LogMapping;
}

/** The mapping, extended by the fields that deployments use for tenants, teams and adapters. */
export function toLogMapping({ targets, mapping }: LogImportOptions): LogMapping | undefined {
  const labels = [...new Set(targets.flatMap(attributionLabels))];
  return labels.length === 0 ? mapping : { fields: {}, demands: {}, ...mapping, labels };
}

type LoggedTurn = ModelCall & { readonly fact: LoggedRequest | undefined };

/**
 * Reads the requests that match a deployment. Other requests are counted and left out. Requests
 * that a gateway answered from its own cache never reached the engine and are left out too.
 * @throws {Failure} `usage` if no deployment has a match for this log.
 */
export function requestsKind(options: LogImportOptions): FactKind<'requests'> {
  const { targets, mapping } = options;
  if (targets.length === 0) throw noMatch();
  requireMatch(targets, { match: LOG_MATCH_KEYS });
  const watch = new EscalationMatcher<LoggedTurn>();
  const unmatched = new Map<string, number>();
  let [withoutId, fromCache] = [0, 0];
  return {
    name: 'requests',
    columns: {
      required: [],
      // A file without times is not a log. It may be a saved error page.
      oneOf: [fieldPaths('time', mapping)],
      optional: columnsOf(toLogMapping(options)),
      keepsExtras: false,
    },
    read(row, frame) {
      if (/^(?:true|hit)$/i.test(row.cell('cache_hit'))) {
        fromCache += 1;
        return undefined;
      }
      const fields = Object.fromEntries(
        LOG_MATCH_KEYS.map((name) => [name, row.cell(name) || undefined]),
      );
      const target = findTarget(fields, targets);
      const request = readRequest(row, { ...frame, target, mapping });
      const fact = target === undefined ? undefined : request.fact;
      const escalatedFact = addTurn(row, fact, request);
      if (fact === undefined) {
        const name = row.cell('model') || 'a model without a name';
        unmatched.set(name, (unmatched.get(name) ?? 0) + 1);
        return escalatedFact === undefined ? undefined : toEscalation(escalatedFact);
      }
      if (request.key === undefined) withoutId += 1;
      return request;
    },
    identified: (fact, key) => ({ ...fact, id: idOf(key) }),
    notes: () => [
      ...unmatchedNote(unmatched),
      ...(fromCache === 0
        ? []
        : [{ code: 'answered-from-cache', cache: CACHE, requests: fromCache } as const]),
      ...(withoutId === 0 ? [] : [{ code: 'requests-without-id', requests: withoutId } as const]),
    ],
  };

  function addTurn(row: FileRow, fact: LoggedRequest | undefined, request: ReadRequest) {
    const session = row.cell('session');
    if (session === '') return undefined;
    const deploymentField = fact === undefined ? {} : { deployment: fact.deployment };
    const { startMs, endMs } = request;
    const failed = request.fact.outcome === 'failed';
    return watch.match({ session, startMs, endMs, failed, fact, ...deploymentField })?.fact;
  }
}

const CACHE = "the gateway's cache";

function noMatch(): Failure {
  return new Failure('usage', 'no deployment matches requests of this log', {
    expected: 'usage or gateway of a deployment with this source and a match',
    hint: 'e.g. usage: { source: import, match: { model: llama-3.3-70b } }; or pass --source ID',
  });
}

/** The columns of a CSV log: every possible name of each field. */
function columnsOf(mapping: LogMapping | undefined): string[] {
  const paths = LOG_FIELDS.flatMap((field) => fieldPaths(field, mapping));
  const parts = paths.flatMap((path) =>
    CACHE_PARTS.map((part) => path.replace(/(^|\.)input_tokens$/, `$1${part}`)),
  );
  return [...new Set([...paths, ...parts, ...(mapping?.labels ?? [])])];
}

interface RequestContext extends ReadContext {
  /** The deployment of the request; absent if none matches. */
  readonly target: UsageTarget | undefined;
  readonly mapping: LogMapping | undefined;
}

type ReadRequest = ReadRow<LoggedRequest> & { readonly startMs: number; readonly endMs: number };

function readRequest(
  row: FileRow,
  { sourceId, target, nowMs, mapping }: RequestContext,
): ReadRequest {
  const deployment = target?.deployment ?? '';
  const startMs = readTime(row, 'time');
  if (isInFuture(startMs, nowMs)) {
    refuseCell(row, 'time', {
      expected: 'a time in the past',
      todo: 'check its unit and time zone',
    });
  }
  const endMs = row.cell('end') === '' ? startMs : Math.max(startMs, readTime(row, 'end'));
  const outcome = outcomeOf(row);
  const bucketMs = Math.floor(startMs / LOG_INTERVAL_MS) * LOG_INTERVAL_MS;
  const fact: LoggedRequest = {
    sourceId,
    deployment,
    period: { startMs: bucketMs, endMs: bucketMs + LOG_INTERVAL_MS },
    id: '',
    outcome,
    isTraced: row.cell('session') !== '',
    ...(typeof target?.demand === 'string' ? { demand: target.demand } : {}),
    ...namesOf(row, mapping),
    ...(target === undefined ? {} : labelsOf(row, target)),
    ...(outcome === 'failed' ? NO_TOKENS : tokensOf(row)),
  };
  const id = row.cell('id');
  const { promptTokens, cachedPromptTokens, outputTokens } = fact;
  const identifying = [deployment, row.cell('model'), row.cell('upstream'), outcome];
  const says = JSON.stringify([
    startMs,
    endMs,
    identifying,
    promptTokens,
    cachedPromptTokens,
    outputTokens,
  ]);
  if (id === '') return { fact, values: says, startMs, endMs };
  const key = JSON.stringify([id, ...identifying]);
  return { fact: { ...fact, id: idOf(key) }, key, values: says, startMs, endMs };
}

const NO_TOKENS = { promptTokens: 0, outputTokens: 0 };

/** A separate escalation fact, since the request itself may already be in the ledger. */
function toEscalation(fact: LoggedRequest): ReadRow<LoggedRequest> {
  const key = `escalated ${fact.id}`;
  const escalation = { ...fact, ...NO_TOKENS, id: idOf(key), isEscalation: true } as const;
  const { cachedPromptTokens: _none, ...rest } = escalation;
  return { fact: rest, key, values: key };
}

/**
 * A 64-bit id. With a million requests in one interval, two collide once in thirty million logs.
 */
function idOf(key: string): string {
  return sha256Hex(key).slice(0, 16);
}

/** Parses ISO 8601, or seconds, milliseconds, microseconds or nanoseconds since 1970. */
function readTime(row: FileRow, field: 'time' | 'end'): number {
  const cell = row.cell(field);
  const number = /^\d{9,20}(?:\.\d+)?$/.test(cell) ? Number(cell) : Number.NaN;
  const unit = [1e-3, 1, 1e3, 1e6].find(
    (candidate) => number / candidate < 1e13 && number / candidate > 1e11,
  );
  const atMs = unit === undefined ? parseInstant(cell) : Math.floor(number / unit);
  if (atMs !== undefined) return atMs;
  return refuseCell(row, field, {
    expected: 'a time like 2026-09-01T08:00:00Z, or seconds since 1970',
    todo: 'set the time field under requestLogs in the config',
  });
}

const SUCCESS_STATUS = /^(?:ok|success|succeeded|successful|completed|complete|done)$/i;
const FAILURE_STATUS =
  /^(?:fail(?:ed|ure)?|error|timeout|timed[ _]out|cancell?ed|aborted|rejected)$/i;

/** The outcome by status. With an unknown status, a request that reports tokens was answered. */
function outcomeOf(row: FileRow): LoggedRequest['outcome'] {
  const status = row.cell('status');
  // A status may also be a class, such as 2xx.
  const code = /^(?:[1-5]xx|\d{1,3})/i.exec(status)?.[0].replace(/xx$/i, '00');
  if (code !== undefined) return Number(code) >= 200 && Number(code) < 400 ? 'answered' : 'failed';
  if (SUCCESS_STATUS.test(status)) return 'answered';
  if (FAILURE_STATUS.test(status)) return 'failed';
  if (row.cell('prompt_tokens') !== '') return 'answered';
  return refuseCell(row, 'status', {
    expected: 'a status like 200, or tokens',
    todo: 'set the fields under requestLogs in the config',
  });
}

/** More than any model accepts. */
const MAX_TOKENS = 100_000_000;

function tokensOf(row: FileRow) {
  const [prompt, cached, output, total, cacheReads, cacheWrites] = (
    ['prompt_tokens', 'cached_tokens', 'output_tokens', 'total_tokens', ...CACHE_PARTS] as const
  ).map((field) => readCount(row, field, MAX_TOKENS));
  if (prompt === undefined) return refuseCell(row, 'prompt_tokens', NO_USAGE);
  const promptTokens = prompt + (cacheReads ?? 0) + (cacheWrites ?? 0);
  const cachedPromptTokens = cached ?? cacheReads;
  const rest = total === undefined || total < promptTokens ? undefined : total - promptTokens;
  const outputTokens = output ?? rest;
  if (outputTokens === undefined) return refuseCell(row, 'output_tokens', NO_USAGE);
  if (cachedPromptTokens === undefined) return { promptTokens, outputTokens };
  if (cachedPromptTokens > promptTokens) {
    const expected = `at most the prompt (${promptTokens}), which includes cached tokens`;
    return refuseCell(row, 'cached_tokens', { expected, todo: 'map the whole prompt' });
  }
  return { promptTokens, cachedPromptTokens, outputTokens };
}

const NO_USAGE = {
  expected: 'the tokens of an answered request',
  todo: 'log its usage; streams report it with stream_options.include_usage',
};

function namesOf(row: FileRow, mapping: LogMapping | undefined) {
  const label = row.cell('demand');
  const demand = mapping?.demands[label] ?? DEMANDS.find((one) => one === label);
  const name = (field: 'tenant' | 'team' | 'adapter') => {
    const text = row.cell(field);
    return text === '' ? {} : { [field]: text };
  };
  return {
    ...(demand === undefined ? {} : { demand }),
    ...name('tenant'),
    ...name('team'),
    ...name('adapter'),
  };
}

/** The tenant, team, adapter and kind of demand, from the labels that the config names. */
function labelsOf(row: FileRow, target: UsageTarget) {
  const { demand, ...labels } = target;
  const attribution = typeof demand === 'object' ? { ...labels, demand } : labels;
  const cells = attributionLabels(attribution).map((name) => [name, row.cell(labelCell(name))]);
  const part = encodePart(Object.fromEntries(cells), attribution);
  return part === undefined ? {} : decodePart(part);
}
