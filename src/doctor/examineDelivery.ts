/** Checks channels, signature, PDF browser and overdue alert; sends nothing. */

import type { Config, ReportConfig } from '../config/config.ts';
import { checkDkimRecord } from '../delivery/dkim.ts';
import { openChannel } from '../delivery/openChannel.ts';
import { MAIL_CHANNEL } from '../delivery/options.ts';
import { webhookUrl } from '../delivery/webhook.ts';
import { Failure } from '../domain/failure.ts';
import { type Finding, type FindingPlace, toFailureFinding } from '../domain/finding.ts';
import { findChromium } from '../platform/chromium.ts';
import type { Clock } from '../platform/clock.ts';

interface Outside {
  readonly clock: Clock;
  /** The PATH on which programs are searched. */
  readonly path: string;
}

/** Checks whether every channel would accept a message; sends none. */
export async function examineDelivery(config: Config, outside: Outside): Promise<Finding[]> {
  const { report } = config;
  if (report === undefined) {
    return [{ area: 'channel', state: 'warn', code: 'no-report-configured' }];
  }
  const checks = [
    ...channelIds(report).map((id) => channelFinding(id, report, { config, ...outside })),
    signatureFinding(config),
    pdfFinding(report, outside),
    overdueAlertFinding(report),
  ];
  return (await Promise.all(checks)).flat();
}

/** Includes mail if a recipient, the owner or the overdue alert uses it. */
function channelIds({ to, recipients, owner, deadMan, channels }: ReportConfig): string[] {
  const addresses = [...to, owner, deadMan?.to].filter((address) => address !== undefined);
  const byMail = recipients.some(({ channel }) => channel === MAIL_CHANNEL);
  const mail = addresses.length > 0 || byMail ? [MAIL_CHANNEL] : [];
  return [...mail, ...channels.map(({ id }) => id)];
}

async function channelFinding(
  id: string,
  report: ReportConfig,
  { config, clock }: Outside & { readonly config: Config },
): Promise<Finding[]> {
  return checked({ area: 'channel', subject: id } as const, async (ok) => {
    const { smtp } = config;
    const channelConfig = { ...report, ...(smtp === undefined ? {} : { smtp }) };
    const write = () => Promise.resolve();
    return { ...ok, ...(await openChannel(id, channelConfig, { clock, write }).check()) };
  });
}

/** Only a warning: mail is still sent with a signature that receivers cannot verify. */
async function signatureFinding({ smtp }: Config): Promise<Finding[]> {
  const dkim = smtp?.dkim;
  if (dkim === undefined) return [];
  const where = { area: 'channel', subject: 'mail (DKIM)' } as const;
  return checked(where, async (ok) => ({ ...ok, ...(await checkDkimRecord(dkim)) }), 'warn');
}

/** Only a warning: without a browser the report is sent with a note that the PDF is missing. */
async function pdfFinding({ pdf, chromium }: ReportConfig, { path }: Outside): Promise<Finding[]> {
  if (!pdf) return [];
  const configured = chromium === undefined ? {} : { nameOrPath: chromium };
  return checked(
    { area: 'pdf' } as const,
    async (ok) => {
      return { ...ok, code: 'browser-there', path: await findChromium({ path, ...configured }) };
    },
    'warn',
  );
}

async function overdueAlertFinding({ deadMan, owner }: ReportConfig): Promise<Finding[]> {
  const area = 'dead man' as const;
  const webhook = deadMan?.webhook;
  if (webhook !== undefined) {
    return checked({ area, subject: 'webhook' }, async (ok) => {
      webhookUrl({ name: 'the dead man', address: webhook });
      return { ...ok, code: 'webhook-address-valid' };
    });
  }
  const to = deadMan?.to ?? owner;
  if (to !== undefined) return [{ area, state: 'ok', code: 'overdue-heard-by', recipient: to }];
  return [{ area, state: 'warn', code: 'overdue-heard-by-nobody' }];
}

async function checked<Where extends FindingPlace>(
  where: Where,
  check: (ok: Where & { readonly state: 'ok' }) => Promise<Finding>,
  state: 'warn' | 'fail' = 'fail',
): Promise<Finding[]> {
  try {
    return [await check({ ...where, state: 'ok' })];
  } catch (error) {
    if (error instanceof Failure) return [toFailureFinding(error, where, state)];
    throw error;
  }
}
