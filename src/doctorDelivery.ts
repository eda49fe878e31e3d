/** How doctor checks delivery: channels, signature, PDF and the overdue alert. */

import type { Config } from './config/config.ts';
import type { ReportConfig } from './config/reportConfig.ts';
import { openChannel } from './delivery/channels.ts';
import { MAIL_CHANNEL } from './delivery/options.ts';
import { checkSignature } from './delivery/signature.ts';
import { webhookUrl } from './delivery/webhook.ts';
import { Failure } from './domain/failure.ts';
import { type Finding, type FindingPlace, foundBy } from './domain/finding.ts';
import { findChromium } from './platform/chromium.ts';
import type { Clock } from './platform/clock.ts';

interface Outside {
  readonly clock: Clock;
  /** Where programs are looked for. */
  readonly path: string;
}

/** Asks every channel whether it would take a message; none is sent. */
export async function examineDelivery(config: Config, outside: Outside): Promise<Finding[]> {
  const { report } = config;
  if (report === undefined) {
    return [{ area: 'channel', state: 'warn', code: 'no-report-configured' }];
  }
  const looks = [
    ...channelIds(report).map((id) => channelFinding(id, report, { config, ...outside })),
    signatureFinding(config),
    pdfFinding(report, outside),
    deadManFinding(report),
  ];
  return (await Promise.all(looks)).flat();
}

/** Mail where anybody is to get any: a reader, the owner or whom the dead man tells. */
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
  return looked({ area: 'channel', subject: id } as const, async (well) => {
    const { smtp } = config;
    const places = { ...report, ...(smtp === undefined ? {} : { smtp }) };
    const write = () => Promise.resolve();
    return { ...well, ...(await openChannel(id, places, { clock, write }).check()) };
  });
}

/** A signature that receivers cannot check makes mail worse, not impossible. */
async function signatureFinding({ smtp }: Config): Promise<Finding[]> {
  const dkim = smtp?.dkim;
  if (dkim === undefined) return [];
  const where = { area: 'channel', subject: 'mail (DKIM)' } as const;
  return looked(where, async (well) => ({ ...well, ...(await checkSignature(dkim)) }), 'warn');
}

/** Without a browser the report goes out all the same, and says that it has no PDF. */
async function pdfFinding({ pdf, chromium }: ReportConfig, { path }: Outside): Promise<Finding[]> {
  if (!pdf) return [];
  const wish = chromium === undefined ? {} : { wish: chromium };
  return looked(
    { area: 'pdf' } as const,
    async (well) => {
      return { ...well, code: 'browser-there', path: await findChromium({ path, ...wish }) };
    },
    'warn',
  );
}

async function deadManFinding({ deadMan, owner }: ReportConfig): Promise<Finding[]> {
  const area = 'dead man' as const;
  const webhook = deadMan?.webhook;
  if (webhook !== undefined) {
    return looked({ area, subject: 'webhook' }, async (well) => {
      webhookUrl({ name: 'the dead man', address: webhook });
      return { ...well, code: 'webhook-address-valid' };
    });
  }
  const to = deadMan?.to ?? owner;
  if (to !== undefined) return [{ area, state: 'ok', code: 'overdue-heard-by', recipient: to }];
  return [{ area, state: 'warn', code: 'overdue-heard-by-nobody' }];
}

async function looked<Where extends FindingPlace>(
  where: Where,
  look: (well: Where & { readonly state: 'ok' }) => Promise<Finding>,
  state: 'warn' | 'fail' = 'fail',
): Promise<Finding[]> {
  try {
    return [await look({ ...where, state: 'ok' })];
  } catch (error) {
    if (error instanceof Failure) return [foundBy(error, where, state)];
    throw error;
  }
}
