/** Finds who gets which report, according to the config. */

import type { ReportConfig } from '../config/config.ts';
import { type DeliveryAddress, MAIL_ADDRESS } from '../domain/delivery.ts';
import { Failure } from '../domain/failure.ts';
import type { ReportMessage } from '../domain/edition.ts';
import type { JobContext } from './job.ts';

/** Returns the leaders in `to` first, then the recipients, in the file's order. */
export function findAddresses(
  { to, recipients }: Pick<ReportConfig, 'to' | 'recipients'>,
  letters: readonly Pick<ReportMessage, 'role' | 'deployment'>[],
): DeliveryAddress[] {
  const leaders = to.map((recipient) => ({
    channel: 'mail',
    recipient,
    role: 'leader' as const,
  }));
  const others = recipients.flatMap(({ channel, address, role, deployments }) => {
    const place = { channel, recipient: address ?? channel, role };
    if (role !== 'owner') return [place];
    return ownedBy(letters, deployments).map((deployment) => ({ ...place, deployment }));
  });
  return [...leaders, ...others];
}

/** Returns the deployments of the report that this owner receives. */
function ownedBy(
  letters: readonly Pick<ReportMessage, 'role' | 'deployment'>[],
  deployments: readonly string[] | undefined,
): string[] {
  return letters.flatMap(({ role, deployment }) => {
    if (role !== 'owner' || deployment === undefined) return [];
    return deployments === undefined || deployments.includes(deployment) ? [deployment] : [];
  });
}

/**
 * Returns all addresses, or those of one recipient. A mail address that the config does not list
 * gets the leaders' report.
 * @throws {Failure} `usage` if the recipient is neither listed nor a mail address.
 */
export function selectAddresses(
  addresses: readonly DeliveryAddress[],
  to: string | undefined,
): DeliveryAddress[] {
  if (to === undefined) return [...addresses];
  const named = addresses.filter(({ recipient }) => sameRecipient(recipient, to));
  return named.length > 0 ? named : [leaderByMail(to)];
}

/**
 * Rejects an unknown recipient, because anyone who can reach Redis or the pages can queue a job.
 * Such a job sends only to recipients of the config and to those already planned for the edition.
 * @throws {Failure} `usage` for any other recipient.
 */
export function requireKnownRecipient(known: readonly DeliveryAddress[], to: string): void {
  if (known.some(({ recipient }) => sameRecipient(recipient, to))) return;
  throw new Failure('usage', `Unknown recipient ${JSON.stringify(to)}`, {
    expected: 'a recipient listed under report in the config',
    hint: 'add the recipient to the config, or run on this machine: rentcheck send --to ADDRESS',
  });
}

/**
 * Returns the address for the leaders' report to a recipient named on the command line.
 * @throws {Failure} `usage` if it is not a mail address.
 */
export function leaderByMail(recipient: string): DeliveryAddress {
  if (MAIL_ADDRESS.test(recipient)) return { channel: 'mail', recipient, role: 'leader' };
  throw new Failure('usage', `Invalid recipient ${JSON.stringify(recipient)}`, {
    expected: 'one email address like cfo@example.com, or a recipient listed in the config',
  });
}

export function sameAddress(one: DeliveryAddress, other: DeliveryAddress): boolean {
  return (
    one.channel === other.channel &&
    one.recipient === other.recipient &&
    one.role === other.role &&
    one.deployment === other.deployment
  );
}

export function sameRecipient(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/**
 * Returns the section `report`.
 * @throws {Failure} `config` if the config has none.
 */
export function requireReportConfig({ config }: Pick<JobContext, 'config'>): ReportConfig {
  if (config.report !== undefined) return config.report;
  throw new Failure('config', 'The config lists no recipients of the report', {
    where: `${config.file}: report`,
    expected: 'report: { from: audit@example.com, to: [cfo@example.com] }',
    hint: 'add the section report to the config',
  });
}
