/** Knows Prometheus and its kin as a source of usage: vLLM's counters, read exactly. */

import { Failure } from '../../domain/failure.ts';
import { SECOND_MS } from '../../domain/period.ts';
import type { Fetched } from '../../domain/provenance.ts';
import type { PullRequest, UsageTarget } from '../source.ts';
import { refusal, type Server } from './asking.ts';
import { finishedWindow } from './chunks.ts';
import { requireEngine } from './engine.ts';
import { usageQuery } from './selector.ts';
import { readTarget } from './target.ts';

/**
 * Every deployment's usage in the window, widened to whole intervals and ended with the last one
 * that is over. What lies between the last scrape and a crash, or in servers that split prefill
 * from decode (both count the prompt), no counter tells.
 */
export async function* pull(server: Server, request: PullRequest): AsyncGenerator<Fetched> {
  const { options, tools } = server;
  const intervalMs = options.interval * SECOND_MS;
  const window = finishedWindow(request.window, intervalMs, tools.clock.nowMs());
  if (window === undefined) return;
  for (const target of request.usage) {
    const failure = wishFault(target);
    if (failure === undefined) yield* readTarget(server, target, window);
    else
      yield refusal(
        server,
        { kind: 'prometheus.usage', window, about: target.deployment },
        failure,
      );
  }
}

/** Why a wish cannot even be put to the server. */
function wishFault(target: UsageTarget): Failure | undefined {
  try {
    requireEngine(target.engine, target.deployment);
    usageQuery(target, 1);
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}
