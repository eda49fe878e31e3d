/** Pulls a kind of source from a reply on the loopback, alone or into a ledger. */

import type { Fetched } from '../../src/domain/provenance.ts';
import { pullWarningSentence } from '../../src/report/copy/pullWarnings.ts';
import type { PullRequest, SourceKind } from '../../src/sources/source.ts';
import { pullFromSource } from '../contract/source.ts';
import { type Reply, type ReceivedRequest, startServer } from './httpServer.ts';
import { testClient } from './testClient.ts';

export interface PullOptions {
  /** All options but `baseUrl`. */
  readonly options: object;
  readonly request: PullRequest;
  /** The time of the pull. That of `testClient` by default. */
  readonly nowMs?: number;
}

/** The results of one pull, and the requests that it made. */
export async function pullFromReply(
  kind: SourceKind,
  reply: Reply,
  { options, request, nowMs }: PullOptions,
): Promise<{ readonly all: Fetched[]; readonly requests: readonly ReceivedRequest[] }> {
  const server = await startServer(reply);
  try {
    const client = testClient();
    if (nowMs !== undefined) client.clock.set(nowMs);
    const parsed = kind.options.parse({ ...options, baseUrl: server.origin });
    const all = await pullFromSource(kind.create('main', parsed, client), request);
    return { all, requests: server.requests };
  } finally {
    await server.close();
  }
}

/** All charges, in order. */
export function chargesIn(all: readonly Fetched[]) {
  return all.flatMap(({ charges = [] }) => charges.map(({ fact }) => fact));
}

/** All hosted usage, in order. */
export function hostedUsageIn(all: readonly Fetched[]) {
  return all.flatMap(({ hostedUsage = [] }) => hostedUsage.map(({ fact }) => fact));
}

/** All resources, in order. */
export function resourcesIn(all: readonly Fetched[]) {
  return all.flatMap(({ resources = [] }) => resources.map(({ fact }) => fact));
}

export function rejectsIn(all: readonly Fetched[]): string[] {
  return all.flatMap(({ rejects = [] }) => rejects.map(({ reason }) => reason));
}

export function warningsIn(all: readonly Fetched[]): string[] {
  return all.flatMap(({ warnings = [] }) => warnings.map(pullWarningSentence));
}

export function failuresIn(all: readonly Fetched[]) {
  return all.flatMap(({ fetch: { kind, failure } }) => (failure ? [{ kind, ...failure }] : []));
}

/** All usage rows, in order. */
export function usageIn(all: readonly Fetched[]) {
  return all.flatMap(({ usage = [] }) => usage.map(({ fact }) => fact));
}

/** All request counts, in order. */
export function countsIn(all: readonly Fetched[]) {
  return all.flatMap(({ requestCounts = [] }) => requestCounts.map(({ fact }) => fact));
}

/** All parts of usage, in order. */
export function partsIn(all: readonly Fetched[]) {
  return all.flatMap(({ usageParts = [] }) => usageParts.map(({ fact }) => fact));
}
