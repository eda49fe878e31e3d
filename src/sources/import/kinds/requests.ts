/** Access logs: each line a request, of which tokens, time and names are read, and no words. */

import { EscalationWatch, type Turn } from '../../../domain/escalation.ts';
import { Failure } from '../../../domain/failure.ts';
import {
  labelCell,
  LOG_FIELDS,
  LOG_MATCH_KEYS,
  type LogMapping,
} from '../../../domain/logMapping.ts';
import { parseInstant } from '../../../domain/period.ts';
import { LOG_INTERVAL_MS, type LoggedRequest } from '../../../domain/requestLog.ts';
import { DEMANDS } from '../../../domain/usageFacts.ts';
import { sha256Hex } from '../../../platform/digest.ts';
import { counted } from '../../../domain/counted.ts';
import { attributionLabels, partIn, partOf } from '../../engines/attribution.ts';
import { requireMatch, targetOf, unmatchedNote } from '../../gatewayMatch.ts';
import type { UsageTarget } from '../../source.ts';
import { count, isAhead, refuse } from '../cells.ts';
import type { FactKind, Frame, ReadRow } from '../factKind.ts';
import { CACHE_PARTS, pathsOf } from '../logRecords.ts';
import type { Row } from '../row.ts';

export interface LogWish {
  readonly targets: readonly UsageTarget[];
  readonly mapping?: LogMapping;
}

/** With the fields by which the deployments name whose their requests are. */
export function mappingOf({ targets, mapping }: LogWish): LogMapping | undefined {
  const labels = [...new Set(targets.flatMap(attributionLabels))];
  return labels.length === 0 ? mapping : { fields: {}, demands: {}, ...mapping, labels };
}

type OwnTurn = Turn & { readonly fact: LoggedRequest | undefined };

/**
 * Requests of the deployments that ask for them; what nobody asks for is counted and left out, and
 * so is what a gateway answered from its own cache: it never came to the engine.
 * @throws {Failure} `usage` where no deployment says which requests are its own.
 */
export function requestsKind(wish: LogWish): FactKind<'requests'> {
  const { targets, mapping } = wish;
  if (targets.length === 0) throw nobodyAsks();
  requireMatch(targets, { match: LOG_MATCH_KEYS });
  const watch = new EscalationWatch<OwnTurn>();
  const unmatched = new Map<string, number>();
  let [withoutId, fromCache] = [0, 0];
  return {
    name: 'requests',
    columns: {
      required: [],
      // What tells no time is no log, be it an error page that was saved as one.
      oneOf: [pathsOf('time', mapping)],
      optional: columnsOf(mappingOf(wish)),
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
      const target = targetOf(fields, targets);
      const read = readRequest(row, { ...frame, target, mapping });
      const own = target === undefined ? undefined : read.fact;
      const escalated = seeTurn(row, own, read);
      if (own === undefined) {
        const name = row.cell('model') || 'a model without a name';
        unmatched.set(name, (unmatched.get(name) ?? 0) + 1);
        return escalated === undefined ? undefined : escalationOf(escalated);
      }
      if (read.key === undefined) withoutId += 1;
      return read;
    },
    identified: (fact, key) => ({ ...fact, id: idOf(key) }),
    notes: () => [
      ...unmatchedNote(unmatched),
      ...(fromCache === 0
        ? []
        : [`${counted(fromCache, 'request')} served from the gateway's cache, not counted`]),
      ...(withoutId === 0
        ? []
        : [`${counted(withoutId, 'request')} without an id, identified by time and tokens`]),
    ],
  };

  function seeTurn(row: Row, fact: LoggedRequest | undefined, read: ReadRequest) {
    const session = row.cell('session');
    if (session === '') return undefined;
    const own = fact === undefined ? {} : { deployment: fact.deployment };
    const { startMs, endMs } = read;
    const failed = read.fact.outcome === 'failed';
    return watch.see({ session, startMs, endMs, failed, fact, ...own })?.fact;
  }
}

function nobodyAsks(): Failure {
  return new Failure('usage', 'no deployment matches requests of this log', {
    expected: 'usage or gateway of a deployment with this source and a match',
    hint: 'e.g. usage: { source: import, match: { model: llama-3.3-70b } }; or pass --source ID',
  });
}

/** Of CSV: every name that a field may have. */
function columnsOf(mapping: LogMapping | undefined): string[] {
  const paths = LOG_FIELDS.flatMap((field) => pathsOf(field, mapping));
  const parts = paths.flatMap((path) =>
    CACHE_PARTS.map((part) => path.replace(/(^|\.)input_tokens$/, `$1${part}`)),
  );
  return [...new Set([...paths, ...parts, ...(mapping?.labels ?? [])])];
}

interface Asked extends Frame {
  /** Whose it is; absent where no deployment asks for it. */
  readonly target: UsageTarget | undefined;
  readonly mapping: LogMapping | undefined;
}

type ReadRequest = ReadRow<LoggedRequest> & { readonly startMs: number; readonly endMs: number };

function readRequest(row: Row, { sourceId, target, nowMs, mapping }: Asked): ReadRequest {
  const deployment = target?.deployment ?? '';
  const startMs = momentOf(row, 'time');
  if (isAhead(startMs, nowMs)) {
    refuse(row, 'time', { expected: 'a time in the past', todo: 'check its unit and time zone' });
  }
  const endMs = row.cell('end') === '' ? startMs : Math.max(startMs, momentOf(row, 'end'));
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
  const whose = [deployment, row.cell('model'), row.cell('upstream'), outcome];
  const says = JSON.stringify([
    startMs,
    endMs,
    whose,
    promptTokens,
    cachedPromptTokens,
    outputTokens,
  ]);
  if (id === '') return { fact, says, startMs, endMs };
  const key = JSON.stringify([id, ...whose]);
  return { fact: { ...fact, id: idOf(key) }, key, says, startMs, endMs };
}

const NO_TOKENS = { promptTokens: 0, outputTokens: 0 };

/** A mark beside the request, which may long be in the ledger. */
function escalationOf(fact: LoggedRequest): ReadRow<LoggedRequest> {
  const key = `escalated ${fact.id}`;
  const mark = { ...fact, ...NO_TOKENS, id: idOf(key), isEscalation: true } as const;
  const { cachedPromptTokens: _none, ...told } = mark;
  return { fact: told, key, says: key };
}

/** 64 bits: of a million requests in one interval two collide once in thirty million logs. */
function idOf(key: string): string {
  return sha256Hex(key).slice(0, 16);
}

/** ISO 8601, or seconds, milliseconds, microseconds or nanoseconds since 1970. */
function momentOf(row: Row, field: 'time' | 'end'): number {
  const cell = row.cell(field);
  const number = /^\d{9,20}(?:\.\d+)?$/.test(cell) ? Number(cell) : Number.NaN;
  const unit = [1e-3, 1, 1e3, 1e6].find((one) => number / one < 1e13 && number / one > 1e11);
  const atMs = unit === undefined ? parseInstant(cell) : Math.floor(number / unit);
  if (atMs !== undefined) return atMs;
  return refuse(row, field, {
    expected: 'a time like 2026-09-01T08:00:00Z, or seconds since 1970',
    todo: 'set the time field under requestLogs in the config',
  });
}

const GOOD = /^(?:ok|success|succeeded|successful|completed|complete|done)$/i;
const BAD = /^(?:fail(?:ed|ure)?|error|timeout|timed[ _]out|cancell?ed|aborted|rejected)$/i;

/** By the status; without one that is known, a request that tells tokens was answered. */
function outcomeOf(row: Row): LoggedRequest['outcome'] {
  const status = row.cell('status');
  // Also by its class: 2xx.
  const code = /^(?:[1-5]xx|\d{1,3})/i.exec(status)?.[0].replace(/xx$/i, '00');
  if (code !== undefined) return Number(code) >= 200 && Number(code) < 400 ? 'answered' : 'failed';
  if (GOOD.test(status)) return 'answered';
  if (BAD.test(status)) return 'failed';
  if (row.cell('prompt_tokens') !== '') return 'answered';
  return refuse(row, 'status', {
    expected: 'a status like 200, or tokens',
    todo: 'set the fields under requestLogs in the config',
  });
}

/** More than any model takes. */
const MOST_TOKENS = 100_000_000;

function tokensOf(row: Row) {
  const [prompt, cached, output, total, read, written] = (
    ['prompt_tokens', 'cached_tokens', 'output_tokens', 'total_tokens', ...CACHE_PARTS] as const
  ).map((field) => count(row, field, MOST_TOKENS));
  if (prompt === undefined) return refuse(row, 'prompt_tokens', NO_USAGE);
  const promptTokens = prompt + (read ?? 0) + (written ?? 0);
  const cachedPromptTokens = cached ?? read;
  const rest = total === undefined || total < promptTokens ? undefined : total - promptTokens;
  const outputTokens = output ?? rest;
  if (outputTokens === undefined) return refuse(row, 'output_tokens', NO_USAGE);
  if (cachedPromptTokens === undefined) return { promptTokens, outputTokens };
  if (cachedPromptTokens > promptTokens) {
    const expected = `at most the prompt (${promptTokens}), which includes cached tokens`;
    return refuse(row, 'cached_tokens', { expected, todo: 'map the whole prompt' });
  }
  return { promptTokens, cachedPromptTokens, outputTokens };
}

const NO_USAGE = {
  expected: 'the tokens of an answered request',
  todo: 'log its usage; streams report it with stream_options.include_usage',
};

function namesOf(row: Row, mapping: LogMapping | undefined) {
  const told = row.cell('demand');
  const demand = mapping?.demands[told] ?? DEMANDS.find((one) => one === told);
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

/** What the labels say that config names. */
function labelsOf(row: Row, target: UsageTarget) {
  const { demand, ...labels } = target;
  const attribution = typeof demand === 'object' ? { ...labels, demand } : labels;
  const told = attributionLabels(attribution).map((name) => [name, row.cell(labelCell(name))]);
  const part = partOf(Object.fromEntries(told), attribution);
  return part === undefined ? {} : partIn(part);
}
