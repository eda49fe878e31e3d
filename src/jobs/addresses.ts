/** Who gets which report, by the config. */

import type { ReportConfig } from '../config/reportConfig.ts';
import { type Address, MAIL_ADDRESS } from '../domain/delivery.ts';
import { Failure } from '../domain/failure.ts';
import type { ReportLetter } from '../domain/letter.ts';
import type { JobContext } from './context.ts';

/** Leaders named by `to` first, then the recipients, in the file's order. */
export function addressesOf(
  { to, recipients }: Pick<ReportConfig, 'to' | 'recipients'>,
  letters: readonly Pick<ReportLetter, 'role' | 'deployment'>[],
): Address[] {
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

/** Deployments that the report tells of, and that are his. */
function ownedBy(
  letters: readonly Pick<ReportLetter, 'role' | 'deployment'>[],
  deployments: readonly string[] | undefined,
): string[] {
  return letters.flatMap(({ role, deployment }) => {
    if (role !== 'owner' || deployment === undefined) return [];
    return deployments === undefined || deployments.includes(deployment) ? [deployment] : [];
  });
}

/**
 * All of them, or those of one recipient; whoever the configuration does not name gets the leaders'
 * letter by mail.
 * @throws {Failure} `usage` for one who is not named and is no mail address either.
 */
export function wantedAddresses(addresses: readonly Address[], to: string | undefined): Address[] {
  if (to === undefined) return [...addresses];
  const named = addresses.filter(({ recipient }) => sameRecipient(recipient, to));
  return named.length > 0 ? named : [leaderByMail(to)];
}

/**
 * A job in the queue may come from anybody who can reach Redis or the pages: it sends to people
 * that the configuration names, or that an edition was planned for, and to nobody else.
 * @throws {Failure} `usage` for anybody else.
 */
export function requireKnown(known: readonly Address[], to: string): void {
  if (known.some(({ recipient }) => sameRecipient(recipient, to))) return;
  throw new Failure('usage', `Unknown recipient ${JSON.stringify(to)}`, {
    expected: 'a recipient listed under report in the config',
    hint: 'add the recipient to the config, or run on this machine: rentcheck send --to ADDRESS',
  });
}

/** The leaders' letter, for whoever is asked for by hand. @throws {Failure} `usage`. */
export function leaderByMail(recipient: string): Address {
  if (MAIL_ADDRESS.test(recipient)) return { channel: 'mail', recipient, role: 'leader' };
  throw new Failure('usage', `Invalid recipient ${JSON.stringify(recipient)}`, {
    expected: 'one email address like cfo@example.com, or a recipient listed in the config',
  });
}

export function sameAddress(one: Address, other: Address): boolean {
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

/** @throws {Failure} `config` where nobody is to get a report. */
export function reportConfig({ config }: Pick<JobContext, 'config'>): ReportConfig {
  if (config.report !== undefined) return config.report;
  throw new Failure('config', 'The config lists no recipients of the report', {
    where: `${config.file}: report`,
    expected: 'report: { from: audit@example.com, to: [cfo@example.com] }',
    hint: 'add the section report to the config',
  });
}
