/** Knows which host a what-if means: one that was weighed, by its name however it is spelled. */

import { Failure } from '../domain/failure.ts';
import type { StackEconomics } from '../economics/result.ts';
import type { Wishes } from '../economics/wishes/wishes.ts';

/**
 * The wishes with the host as the ledger spells it: `novita/FP8` is `novita/fp8`, `novita` all that
 * Novita sells.
 * @throws {Failure} `usage` for a host that sells none of the models.
 */
export function withKnownHost(wishes: Wishes, { deployments }: StackEconomics): Wishes {
  const { host, deployment } = wishes;
  if (host === undefined) return wishes;
  const considered = deployments
    .filter(({ id }) => deployment === undefined || id === deployment)
    .flatMap(({ hosted }) => hosted.considered);
  const names = considered.flatMap(({ host: id, hostName = id }) => [id, hostName]);
  const sameLetters = (name: string) => name.toLowerCase() === host.toLowerCase();
  const meant = names.find((name) => name === host) ?? names.find(sameLetters);
  if (meant !== undefined) return { ...wishes, host: meant };
  throw new Failure('usage', `no host "${host}" sells what is compared`, {
    expected:
      considered.length === 0
        ? 'a host whose prices are known; none is'
        : `one of ${[...new Set(considered.map((each) => each.host))].sort().join(', ')}`,
    hint: 'name a host of the list; "rentcheck sql" shows hosted_price_history',
  });
}
