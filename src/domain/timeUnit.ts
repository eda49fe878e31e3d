/** Parses billing units of time, for GPUs or for resources. */

export interface TimeUnit {
  readonly of: 'gpu' | 'resource';
  readonly ms: bigint;
}

const NAMES: ReadonlyMap<string, bigint> = new Map([
  ['s', 1_000n],
  ['sec', 1_000n],
  ['second', 1_000n],
  ['min', 60_000n],
  ['minute', 60_000n],
  ['h', 3_600_000n],
  ['hr', 3_600_000n],
  ['hour', 3_600_000n],
  ['d', 86_400_000n],
  ['day', 86_400_000n],
]);

const UNIT = /^(?:(gpu|instance|pod|replica|worker|node)[-_ ])?([a-z]+?)s?$/;

/**
 * `GPU-Hours` is an hour of one GPU, `Hours` and `pod hours` an hour of the resource. `GB-Months`
 * is not a unit of time: `undefined`.
 */
export function parseTimeUnit(unit: string): TimeUnit | undefined {
  if (unit === last.unit) return last.time;
  last = { unit, time: parseUnit(unit) };
  return last.time;
}

/** Cache of the last unit: a bill uses one unit on all of its lines. */
let last: { readonly unit: string; readonly time: TimeUnit | undefined } = {
  unit: '',
  time: undefined,
};

function parseUnit(unit: string): TimeUnit | undefined {
  const match = UNIT.exec(unit.trim().toLowerCase());
  const ms = NAMES.get(match?.[2] ?? '');
  if (match === null || ms === undefined) return undefined;
  return { of: match[1] === 'gpu' ? 'gpu' : 'resource', ms };
}
