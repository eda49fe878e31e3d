/** Finds replicas behind one DNS name, by its addresses or by its SRV records with ports. */

import { Resolver } from 'node:dns/promises';
import { Failure, type FailureCode } from '../../domain/failure.ts';
import { type FoundReplica, toHostAndPort } from './found.ts';
import type { ScrapeOptions } from './options.ts';

const TIMEOUT_MS = 5_000;

/** Failure codes of the resolver's errors. */
const CODES: ReadonlyMap<string, FailureCode> = new Map([
  ['ETIMEOUT', 'timeout'],
  ['ECANCELLED', 'timeout'],
  ['ENOTFOUND', 'not-found'],
  ['EBADNAME', 'config'],
]);

/**
 * Resolves the name at each pull, since a headless service changes with its pods. A name without
 * records of the type has no replicas.
 * @throws {Failure} if the name cannot be resolved.
 */
export async function findDnsReplicas(
  request: NonNullable<ScrapeOptions['dns']>,
): Promise<FoundReplica[]> {
  const { name, type, port = 0, server } = request;
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: 2 });
  if (server !== undefined) resolver.setServers([server]);
  try {
    if (type === 'SRV') {
      const records = await resolver.resolveSrv(name);
      return records.map((one) => ({ address: toHostAndPort(one.name, one.port) }));
    }
    const addresses = await (type === 'A' ? resolver.resolve4(name) : resolver.resolve6(name));
    return addresses.map((ip) => ({ address: toHostAndPort(ip, port) }));
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENODATA') return [];
    throw new Failure(CODES.get(code) ?? 'unavailable', `DNS did not resolve ${name} (${code})`, {
      where: name,
      cause: error,
      hint: 'check the name and the name server of this machine, or set dns.server',
    });
  }
}
