/** Alerts, once, that a provider stopped selling the hosted equivalent of a deployment. */

import { formatCount } from '../domain/counted.ts';
import { dayText } from '../domain/period.ts';
import { RECENTLY_RETIRED_MS } from '../domain/sellers.ts';
import { shownName } from '../report/label.ts';
import { findDeploymentSellers } from './hostSellers.ts';
import { sendAlert, alertRecipients } from './shout.ts';

type AlertContext = Parameters<typeof sendAlert>[0];

/** Work log line of the alert; its subject is deployment, company and day. */
const RETIRED_LINE = 'host-retired';

const REMAINING = 'To list the remaining providers, run: rentcheck prices';

/**
 * Sends an alert for providers that stopped within two weeks; returns what went wrong, in
 * sentences.
 */
export async function alertRetired(context: AlertContext): Promise<string[]> {
  const { to, webhook } = alertRecipients(context);
  if (to === undefined && webhook === undefined) return [];
  const { clock, ledger } = context;
  const nowMs = clock.nowMs();
  const news = await findNews(context, nowMs);
  if (news.length === 0) return [];
  const subjects = news.map(({ subject }) => subject);
  const { heardBy, problems, inDoubt } = await sendAlert(context, {
    caller: 'The alert about a provider that stopped selling',
    subject: retiredSubject(news),
    text: `${news.map(({ says }) => says).join('\n')}\n\n${REMAINING}\n`,
    key: ['host retired', ...subjects],
    body: { schema: 'rentcheck/host-retired/1', retired: news.map(({ fields }) => fields) },
  });
  // Recipients that may have got the alert do not get it again.
  if (heardBy.length > 0 || inDoubt) {
    for (const subject of subjects) {
      await ledger.markDone({ line: RETIRED_LINE, subject, dueAtMs: nowMs }, nowMs);
    }
  }
  return [...problems];
}

type News = Awaited<ReturnType<typeof findNews>>;

async function findNews({ config, ledger }: AlertContext, nowMs: number) {
  const done = await ledger.workDone();
  const before = new Set(
    done.flatMap(({ line, subject }) => (line === RETIRED_LINE ? [subject] : [])),
  );
  const sellers = await findDeploymentSellers({ config, ledger, nowMs });
  const all = sellers.flatMap(({ deployment, selling, retired }) =>
    retired
      .filter(({ sinceMs }) => nowMs - sinceMs < RECENTLY_RETIRED_MS)
      .map(({ company, host, hostName = host, sinceMs }) => {
        const since = dayText(sinceMs);
        const what = `${shownName(hostName)} stopped selling the hosted equivalent of`;
        return {
          subject: `${deployment} ${company} ${since}`,
          what: `${what} ${shownName(deployment)}`,
          says:
            `${what} ${shownName(deployment)} on ${since}. ` +
            `${formatCount(selling, 'provider')} still ${selling === 1 ? 'sells' : 'sell'} one.`,
          fields: { deployment, host, hostName, since, selling },
        };
      }),
  );
  return all.filter(({ subject }) => !before.has(subject));
}

function retiredSubject(news: News): string {
  const [first] = news;
  const what = news.length === 1 && first !== undefined ? first.what : undefined;
  const all = `${formatCount(news.length, 'provider')} stopped selling hosted equivalents`;
  return `Rent check: ${what ?? all}`;
}
