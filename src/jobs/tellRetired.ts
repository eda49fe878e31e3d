/** Alerts, once, that a provider stopped selling the hosted equivalent of a deployment. */

import { counted } from '../domain/counted.ts';
import { dayText } from '../domain/period.ts';
import { RETIRED_LATELY_MS } from '../domain/sellers.ts';
import { shownName } from '../report/label.ts';
import { hostSellers } from './hostSellers.ts';
import { callOut, earsOf } from './shout.ts';

type AlertContext = Parameters<typeof callOut>[0];

/** Work log line of the alert; its subject is deployment, company and day. */
const RETIRED_LINE = 'host-retired';

const REMAINING = 'To list the remaining providers, run: rentcheck prices';

/**
 * Sends an alert for providers that stopped within two weeks; returns what went wrong, in
 * sentences.
 */
export async function tellRetired(context: AlertContext): Promise<string[]> {
  const { to, webhook } = earsOf(context);
  if (to === undefined && webhook === undefined) return [];
  const { clock, ledger } = context;
  const nowMs = clock.nowMs();
  const news = await findNews(context, nowMs);
  if (news.length === 0) return [];
  const subjects = news.map(({ subject }) => subject);
  const { heardBy, problems, inDoubt } = await callOut(context, {
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
  const sellers = await hostSellers({ config, ledger, nowMs });
  const all = sellers.flatMap(({ deployment, selling, retired }) =>
    retired
      .filter(({ sinceMs }) => nowMs - sinceMs < RETIRED_LATELY_MS)
      .map(({ company, host, hostName = host, sinceMs }) => {
        const since = dayText(sinceMs);
        const what = `${shownName(hostName)} stopped selling the hosted equivalent of`;
        return {
          subject: `${deployment} ${company} ${since}`,
          what: `${what} ${shownName(deployment)}`,
          says:
            `${what} ${shownName(deployment)} on ${since}. ` +
            `${counted(selling, 'provider')} still ${selling === 1 ? 'sells' : 'sell'} one.`,
          fields: { deployment, host, hostName, since, selling },
        };
      }),
  );
  return all.filter(({ subject }) => !before.has(subject));
}

function retiredSubject(news: News): string {
  const [first] = news;
  const what = news.length === 1 && first !== undefined ? first.what : undefined;
  const all = `${counted(news.length, 'provider')} stopped selling hosted equivalents`;
  return `Rent check: ${what ?? all}`;
}
