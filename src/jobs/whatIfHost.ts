/** Finds the provider that a what-if names among those that were compared. */

import { Failure } from '../domain/failure.ts';
import type { StackEconomics } from '../economics/result.ts';
import type { WhatIfOverrides } from '../economics/wishes/wishes.ts';

/**
 * The overrides, with the provider as the ledger spells it: `novita/FP8` is `novita/fp8`, and
 * `novita` is all that Novita sells.
 * @throws {Failure} `usage` for a provider that sells none of the models.
 */
export function withKnownProvider(
  overrides: WhatIfOverrides,
  { deployments }: StackEconomics,
): WhatIfOverrides {
  const { host, deployment } = overrides;
  if (host === undefined) return overrides;
  const considered = deployments
    .filter(({ id }) => deployment === undefined || id === deployment)
    .flatMap(({ hosted }) => hosted.considered);
  const names = considered.flatMap(({ host: id, hostName = id }) => [id, hostName]);
  const sameLetters = (name: string) => name.toLowerCase() === host.toLowerCase();
  const meant = names.find((name) => name === host) ?? names.find(sameLetters);
  if (meant !== undefined) return { ...overrides, host: meant };
  throw new Failure('usage', `Unknown provider "${host}": it sells none of the compared models`, {
    expected:
      considered.length === 0
        ? 'a provider with known prices; there is none'
        : `one of ${[...new Set(considered.map((each) => each.host))].sort().join(', ')}`,
    hint: 'use a provider of this list; "rentcheck prices" shows their prices',
  });
}
