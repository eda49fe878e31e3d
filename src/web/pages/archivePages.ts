/** Routes of the report archive: the list of reports, and the page of each report. */

import type { FastifyInstance } from 'fastify';
import { countDeliveriesByEdition } from '../facts/audits.ts';
import type { PageTokens } from '../auth/routes.ts';
import { sendError } from '../errorPages.ts';
import type { WebServices } from '../site.ts';
import { renderArchivePage } from './archiveViews.ts';
import { sendPage } from '../layout.ts';
import type { Delivery } from '../../domain/delivery.ts';
import type { Edition } from '../../domain/edition.ts';
import { wholeText } from '../../report/format.ts';
import {
  definitionList,
  html,
  htmlTable,
  type Markup,
  notice,
  renderInstant,
  renderInstantWithAge,
  renderMark,
  type Tone,
} from '../html.ts';
import type { Reader } from '../../report/locale.ts';

export function registerArchivePages(
  app: FastifyInstance,
  site: WebServices,
  { signedUrls }: PageTokens,
): void {
  const { ledger, clock, reader } = site;
  app.get('/reports', async (request, reply) => {
    const body = renderArchivePage(
      {
        editions: await ledger.deliveries.editions(),
        delivered: countDeliveriesByEdition(await ledger.deliveries.list()),
        verdicts: await ledger.audits.verdicts(),
        dueReport: await site.dueReport(),
        nowMs: clock.nowMs(),
      },
      reader,
    );
    return sendPage(request, reply, { title: 'Reports', section: '/reports', body });
  });
  app.get<{ Params: { edition: string } }>('/reports/:edition', async (request, reply) => {
    const { edition: id } = request.params;
    const edition = await ledger.deliveries.edition(id);
    if (edition === undefined) return sendError(request, reply, NO_EDITION);
    const nowMs = clock.nowMs();
    const body = renderEditionPage(
      {
        edition,
        others: await ledger.deliveries.editions({ quarter: edition.quarter }),
        deliveries: await ledger.deliveries.list({ edition: id }),
        pass: signedUrls.sign(id, nowMs),
        nowMs,
      },
      reader,
    );
    return sendPage(request, reply, { title: edition.subject, section: '/reports', body });
  });
}

const NO_EDITION = {
  status: 404,
  title: 'Unknown report',
  what: 'There is no report with this name. Names look like 2026-Q3.1.',
};

export interface EditionView {
  readonly edition: Edition;
  /** All editions of its quarter, newest first. */
  readonly others: readonly Edition[];
  readonly deliveries: readonly Delivery[];
  /** The signature in the URL of the frame, whose sandboxed page sends no cookies. */
  readonly pass: string;
  readonly nowMs: number;
}

export function renderEditionPage(view: EditionView, reader: Reader): Markup {
  const { edition, pass } = view;
  const { id, quarter } = edition;
  return html`<p class="crumb"><a href="/reports">Reports</a> / ${id}</p>
<h1>${edition.subject}</h1>
${newer(view)}
<p class="actions">
<a class="button" href="/frozen/${id}/report.html" target="_blank">Open in a new tab</a>
<a class="button" href="/rerun?job=quarter&amp;quarter=${quarter}">Run ${quarter} again</a>
</p>
<iframe class="report" title="The report ${id} as it was made"
 src="/sealed/${pass}/${id}/report.html" sandbox="allow-popups"></iframe>
<h2>Deliveries</h2>
${undecided(view)}
${deliveryTables(view, reader)}
<h2>Files</h2>
${fileTables(edition, reader)}
<h2>Identity</h2>
${identity(edition, reader)}`;
}

function newer({ edition, others }: EditionView): Markup | undefined {
  const [newest] = others;
  if (newest === undefined || newest.id === edition.id) return undefined;
  return notice(
    'watch',
    html`<p>Edition ${newest.number} corrects this one:
<a href="/reports/${newest.id}">${newest.subject}</a>.</p>`,
  );
}

/** Rows that are always visible; further rows are in a collapsed section. */
const MOST_ROWS = 20;

/** A long list is sorted by urgency, and its end is collapsed. */
function deliveryTables({ deliveries, nowMs }: EditionView, reader: Reader): Markup {
  if (deliveries.length === 0) return html`<p class="empty">This report has no recipients.</p>`;
  if (deliveries.length <= MOST_ROWS) return deliveryTable(deliveries, nowMs, reader);
  const urgent = deliveries.toSorted((a, b) => urgency(a) - urgency(b));
  const rest = urgent.slice(MOST_ROWS);
  const states = [...Map.groupBy(rest, ({ state }) => state)];
  const counts = states.map(([state, group]) => `${group.length} ${state}`).join(', ');
  return html`${deliveryTable(urgent.slice(0, MOST_ROWS), nowMs, reader)}
<details><summary>${rest.length} more: ${counts}</summary>
${deliveryTable(rest, nowMs, reader)}</details>`;
}

const BY_URGENCY: readonly Tone[] = ['bad', 'watch', 'plain', 'good'];

function urgency({ state }: Delivery): number {
  return BY_URGENCY.indexOf(TONES[state]);
}

function deliveryTable(deliveries: readonly Delivery[], nowMs: number, reader: Reader): Markup {
  return htmlTable({
    caption: 'Recipients of this report',
    columns: [
      { name: 'To' },
      { name: 'As' },
      { name: 'State' },
      { name: 'Since' },
      { name: 'Reply' },
    ],
    rows: deliveries.map((delivery) => [
      html`${delivery.recipient} <span class="sub">by ${delivery.channel}</span>`,
      delivery.deployment === undefined
        ? delivery.role
        : html`${delivery.role} of ${delivery.deployment}`,
      renderMark(delivery.state, TONES[delivery.state]),
      renderInstantWithAge(delivery.changedAtMs, nowMs, reader),
      delivery.reply ?? '',
    ]),
  });
}

/** Notices about deliveries that a person must resolve, each with the commands to do so. */
function undecided({ deliveries }: EditionView): (Markup | undefined)[] {
  return deliveries.map(({ id, recipient, state }) => {
    const decision = DECISIONS[state];
    if (decision === undefined) return undefined;
    const text = html`<p>${decision.why(recipient)}</p>${commands(id, decision)}`;
    return notice(TONES[state], text);
  });
}

interface Decision {
  readonly why: (recipient: string) => string;
  readonly words: readonly string[];
}

const DECISIONS: Readonly<Partial<Record<Delivery['state'], Decision>>> = {
  ambiguous: {
    why: (to) =>
      `It is unknown whether ${to} received the report, so it is not sent again automatically. ` +
      'Ask the recipient, then run one of:',
    words: ['sent', 'send-again'],
  },
  refused: {
    why: (to) =>
      `${to} refused the report, and it is not sent again automatically. To decide, run one of:`,
    words: ['send-again', 'give-up'],
  },
  failed: {
    why: (to) => `All attempts to send the report to ${to} failed. To send it again, run:`,
    words: ['send-again'],
  },
};

/** Complete commands to copy. The ledger keeps the note as the reason. */
function commands(id: string, { words }: Decision): Markup[] {
  return words.map(
    (word) => html`<p><code>rentcheck send --resolve ${id} --as ${word} --note "WHY"</code></p>
`,
  );
}

const TONES: Readonly<Record<Delivery['state'], Tone>> = {
  waiting: 'plain',
  claimed: 'plain',
  handing: 'plain',
  sent: 'good',
  deferred: 'watch',
  ambiguous: 'watch',
  refused: 'bad',
  failed: 'bad',
};

/** In a report with many files, the charts of single deployments are collapsed. */
function fileTables({ id, files }: Edition, reader: Reader): Markup {
  const isSingle = ({ name }: EditionFile) => name.split('/').length > 2;
  const single = files.filter(isSingle);
  if (files.length <= MOST_ROWS || single.length === 0) return fileTable(id, files, reader);
  const whole = files.filter((file) => !isSingle(file));
  return html`${fileTable(id, whole, reader)}
<details><summary>${single.length} more: charts of single deployments</summary>
${fileTable(id, single, reader)}</details>`;
}

type EditionFile = Edition['files'][number];

function fileTable(id: string, files: readonly EditionFile[], reader: Reader): Markup {
  return htmlTable({
    caption: 'Files of this report',
    columns: [{ name: 'File' }, { name: 'Kind' }, { name: 'Size', numeric: true }],
    rows: files.map(({ name, contentType, bytes }) => [
      html`<a href="/frozen/${id}/${name}" download>${name}</a>`,
      contentType,
      sizeText(bytes, reader),
    ]),
  });
}

/** `812 B`, `64 kB`. */
function sizeText(bytes: number, reader: Reader): string {
  return bytes < 1000 ? `${bytes} B` : `${wholeText(Math.round(bytes / 1000), reader)} kB`;
}

function identity(edition: Edition, reader: Reader): Markup {
  return definitionList([
    ['Edition', edition.id],
    ['Made', renderInstant(edition.frozenAtMs, reader)],
    ['Digest', html`<code>${edition.digest}</code>`],
    ['Audit', html`<code>${edition.runId}</code>`],
  ]);
}
