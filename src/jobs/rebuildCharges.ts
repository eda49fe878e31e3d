/** Rebuilds the charges of a source without a bill from what the ledger has seen of it. */

import { toDecimal } from '../domain/exact.ts';
import { usd } from '../domain/money.ts';
import { instantText } from '../domain/period.ts';
import type { Fetched } from '../domain/provenance.ts';
import type { UptimeRule } from '../domain/uptime.ts';
import {
  type RebuiltCharges,
  type RebuiltResource,
  rebuildFromUptime,
} from '../economics/uptime/rebuildFromUptime.ts';
import type { JobContext } from './job.ts';
import { addToTally, type PullTally } from './pullResult.ts';

/**
 * Stores the charges of the rule's window as one response whose body is the evidence. It has the
 * sightings of each resource, when it ran, and the lowest and highest cost of each day. Earlier
 * rebuilt charges that no longer follow are withdrawn.
 */
export async function rebuildCharges(
  { ledger, clock }: Pick<JobContext, 'ledger' | 'clock'>,
  sourceId: string,
  { rule, tally }: { readonly rule: UptimeRule; readonly tally: PullTally },
): Promise<void> {
  const startedAtMs = clock.nowMs();
  const asOfMs = await ledger.facts.asOfNow(startedAtMs);
  const facts = await ledger.facts.uptimeFacts({ sourceId, ...rule }, asOfMs);
  const rebuilt = rebuildFromUptime(facts, rule);
  const { resources, window, warnings } = rebuilt;
  const times = { startedAtMs, endedAtMs: clock.nowMs() };
  const body = new TextEncoder().encode(evidenceOf(rebuilt, facts.listedAtMs));
  const fetched: Fetched = {
    fetch: { sourceId, kind: rule.kind, url: `ledger:${sourceId}`, window, ...times, body },
    charges: resources.flatMap(({ charges }, position) =>
      charges.map(({ charge }) => ({ position, fact: charge })),
    ),
    completeFor: { keyPrefix: rule.keyPrefix, window },
    warnings,
  };
  const outcome = await ledger.facts.append(fetched, times.endedAtMs, { confirmWithdrawal: true });
  tally.added += outcome.added;
  tally.restated += outcome.restated;
  tally.unchanged += outcome.unchanged;
  addToTally(tally, fetched, outcome);
}

/** The same facts give the same bytes, because no time of this run is included. */
function evidenceOf({ resources }: RebuiltCharges, listedAtMs: readonly number[]): string {
  const [first, last] = [listedAtMs[0], listedAtMs.at(-1)];
  const lists = {
    count: listedAtMs.length,
    ...(first === undefined || last === undefined
      ? {}
      : { first: instantText(first), last: instantText(last) }),
  };
  return JSON.stringify({ lists, resources: resources.map(resourceEvidence) });
}

function resourceEvidence(one: RebuiltResource) {
  const { resourceId, sightings, stretches, charges, most } = one;
  return {
    id: resourceId,
    ...(most === undefined ? {} : { mostUsdPerHour: dollars(most) }),
    seen: sightings.map(({ seenAtMs, status, usdPerHour, gpuType }) => ({
      at: instantText(seenAtMs),
      status,
      ...(usdPerHour === undefined ? {} : { usdPerHour: dollars(usdPerHour) }),
      ...(gpuType === undefined ? {} : { gpuType }),
    })),
    ran: stretches.map(({ startMs, endMs, certainty }) => ({
      from: instantText(startMs),
      to: instantText(endMs),
      certainty,
    })),
    charges: charges.map(({ charge, low, high }) => ({
      key: charge.key,
      usd: dollars(charge.billed),
      lowUsd: dollars(low),
      highUsd: dollars(high),
    })),
  };
}

/** Formats dollars to the nano-dollar. */
function dollars(nano: bigint): string {
  return toDecimal(usd(nano), 9);
}
