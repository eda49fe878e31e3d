/** Compares an endpoint's properties with ours: reported, and never priced. */

import type { Period } from '../../domain/period.ts';
import type { HostAvailability } from '../../domain/price.ts';
import type { HostedInput } from '../input.ts';
import { meanUptime, computeAvailability, findRelevantChecks } from './availability.ts';
import type { HostParity, PrecisionComparison } from './host.ts';
import type { WeighedHost } from './hosts.ts';

export function compareParity(
  { candidate, quantization }: WeighedHost,
  hosted: HostedInput,
  window: Period,
): HostParity {
  const { availability, prices } = candidate.history;
  const newest = prices.findLast(({ validFromMs }) => validFromMs < window.endMs);
  const { contextLength, supports, region, dataPolicy } = newest ?? {};
  const seen = findRelevantChecks(availability, window);
  const uptime = meanUptime(seen);
  const latencyMs = medianOf(seen, ({ latencyMs: value }) => value);
  const tokensPerSecond = medianOf(seen, ({ tokensPerSecond: value }) => value);
  const { ownPrecision } = hosted;
  const precision = comparePrecision(quantization, ownPrecision);
  return {
    quantization,
    ...(ownPrecision === undefined ? {} : { ownPrecision }),
    ...(precision === undefined ? {} : { precision }),
    ...computeAvailability(availability, window, hosted.minUptime),
    ...(contextLength === undefined ? {} : { contextLength }),
    ...(supports === undefined ? {} : { supports }),
    ...(region === undefined ? {} : { region }),
    ...(dataPolicy === undefined ? {} : { dataPolicy }),
    ...(uptime === undefined ? {} : { uptime }),
    ...(latencyMs === undefined ? {} : { latencyMs }),
    ...(tokensPerSecond === undefined ? {} : { tokensPerSecond }),
    lacks: (hosted.features ?? []).filter((feature) => supports?.includes(feature) !== true),
  };
}

/** Bits per weight: 4 for `nvfp4`, 16 for `bf16`; `undefined` if the name does not state them. */
function bitsOf(precision: string): number | undefined {
  const bits = /(?:fp|int|bf)(4|6|8|16|32)$/.exec(precision)?.[1];
  return bits === undefined ? undefined : Number(bits);
}

/** `fp8` is lower than our `bf16`; `int8` is other than `fp8`. */
function comparePrecision(
  quantization: string,
  own: string | undefined,
): PrecisionComparison | undefined {
  const [offered, served] = [quantization.toLowerCase(), own?.toLowerCase()];
  if (served === undefined || offered === 'unknown') return undefined;
  if (offered === served) return 'same';
  const [offeredBits, servedBits] = [bitsOf(offered), bitsOf(served)];
  if (offeredBits === undefined || servedBits === undefined) return 'other';
  if (offeredBits === servedBits) return 'other';
  return offeredBits < servedBits ? 'lower' : 'higher';
}

/** The median; for an even number, the mean of the two in the middle. */
function medianOf(
  seen: readonly HostAvailability[],
  read: (check: HostAvailability) => number | undefined,
): number | undefined {
  const values = seen
    .map(read)
    .filter((value) => value !== undefined)
    .sort((a, b) => a - b);
  const [low, high] = [values[(values.length - 1) >> 1], values[values.length >> 1]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}
