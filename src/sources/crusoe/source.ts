/** Pulls a Crusoe organization's projects, VM types and VMs, then its usage and costs. */

import { createHmac } from 'node:crypto';
import { Failure } from '../../domain/failure.ts';
import { DAY_MS, dayText, instantText, parseInstant, type Period } from '../../domain/period.ts';
import {
  type AnswerFacts,
  type Api,
  type ApiPull,
  type ApiQuestion,
  type Auth,
  byCursor,
  question,
  type SchemaQuestion,
  splitWindow,
} from '../api.ts';
import { createPull } from '../driver.ts';
import type { ObservationContext } from '../records.ts';
import { type Puller, requestsFact } from '../source.ts';
import {
  type CrusoePullState,
  readCrusoeCosts,
  readProjects,
  readVmTypes,
  readCrusoeUsage,
  readCrusoeVms,
} from './normalize.ts';
import type { CrusoeOptions } from './options.ts';
import {
  crusoeCostsAnswer,
  projectsAnswer,
  crusoeTypesAnswer,
  crusoeUsageAnswer,
  crusoeVmsAnswer,
} from './wire.ts';

/** Each pull signs requests with its own clock, because a signature includes the time. */
export const pull: Puller<CrusoeOptions>['pull'] = (setting, request) => {
  const { clock } = setting.tools;
  const api: Api<CrusoeOptions> = {
    kind: 'crusoe',
    auth: signed(() => clock.nowMs()),
    questions,
  };
  return createPull(api)(setting, request);
};

const KEY = /^[\w-]+={0,2}$/;

function signed(nowMs: () => number): Auth<CrusoeOptions> {
  return {
    secrets({ accessKeyId, secretKey }) {
      const secrets = [accessKeyId.reveal(), secretKey.reveal()];
      if (KEY.test(secrets[1] ?? '')) return secrets;
      throw new Failure('config', `the secret ${secretKey.origin} is not a Crusoe secret key`, {
        where: secretKey.origin,
        expected: 'letters, digits, "-" and "_", as Crusoe shows the key once',
        hint: `set ${secretKey.origin} to the secret key that belongs to accessKeyId`,
      });
    },
    headers([keyId = '', secret = ''], url) {
      const timestamp = instantText(Math.floor(nowMs() / 1000) * 1000);
      const message = textToSign(url, timestamp);
      const key = Buffer.from(secret, 'base64url');
      const signature = createHmac('sha256', key).update(message).digest('base64url');
      return {
        'x-crusoe-timestamp': timestamp,
        authorization: `Bearer 1.0:${keyId}:${signature}`,
      };
    },
  };
}

/** The signed text: path, query sorted by name, method and time, one per line. */
function textToSign(url: URL, timestamp: string): string {
  const pairs = [...url.searchParams].toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const query = pairs.map((pair) => pair.map(queryEscape).join('=')).join('&');
  return `${decodeURIComponent(url.pathname)}\n${query}\nGET\n${timestamp}\n`;
}

/** Escapes like Go's `url.QueryEscape`. */
function queryEscape(text: string): string {
  return encodeURIComponent(text)
    .replaceAll('%20', '+')
    .replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function* questions(pull: ApiPull<CrusoeOptions>): Generator<ApiQuestion> {
  const { id, nowMs, options, request } = pull;
  const { organization } = options;
  const seen: ObservationContext = { sourceId: id, seenAtMs: nowMs };
  const learned: CrusoePullState = { projects: new Map(), types: new Map(), usage: new Map() };
  yield list('projects', {
    answer: projectsAnswer,
    path: ['organizations', 'projects'],
    query: { org_id: organization, skip_loading_project_resources: 'true' },
    read: (records) => readProjects(records, learned),
  });
  for (const project of learned.projects.keys()) {
    const vms = ['projects', project, 'compute', 'vms'];
    yield list('types', {
      answer: crusoeTypesAnswer,
      path: [...vms, 'types'],
      read: (records) => readVmTypes(records, learned),
    });
    if (!requestsFact(request, 'inventory')) continue;
    yield list('vms', {
      answer: crusoeVmsAnswer,
      path: [...vms, 'instances'],
      pages: byCursor('next_page_token', 'next_token'),
      read: (records) => readCrusoeVms(records, seen, learned),
    });
  }
  if (!requestsFact(request, 'charges')) return;
  const windows = splitWindow(request.window, { bucketMs: DAY_MS, longestMs: LONGEST_MS });
  for (const window of windows) yield usageQuestion(window, organization, learned);
  const [first, last] = [windows[0], windows.at(-1)];
  if (first === undefined || last === undefined) return;
  yield costsQuestion(pull, { startMs: first.startMs, endMs: last.endMs }, learned);
}

/** Longest period per usage request. */
const LONGEST_MS = 31 * DAY_MS;

interface Listing<Body> extends Pick<SchemaQuestion<Body>, 'answer' | 'path' | 'query' | 'pages'> {
  readonly read: (records: Iterable<unknown>) => AnswerFacts;
}

function list<Body>(name: string, { read, ...listing }: Listing<Body>): ApiQuestion {
  return question({
    ...listing,
    kind: `crusoe.${name}`,
    expects: 'items',
    read: (_body, answer) => read(answer.items()),
  });
}

/** Asks for one day more, because Crusoe does not document whether the end date is inclusive. */
function usageQuestion(
  window: Period,
  organization: string,
  learned: CrusoePullState,
): ApiQuestion {
  return list('usage', {
    answer: crusoeUsageAnswer,
    path: ['organizations', organization, 'usage'],
    query: {
      start_date: dayText(window.startMs),
      end_date: dayText(window.endMs),
      interval: 'daily',
    },
    read: (records) => ({ ...readCrusoeUsage(records, learned), window }),
  });
}

/** The costs request takes no dates; one response has every day that Crusoe still reports. */
function costsQuestion(
  pull: ApiPull<CrusoeOptions>,
  window: Period,
  learned: CrusoePullState,
): ApiQuestion {
  const { id: sourceId, nowMs, options } = pull;
  return question({
    kind: 'crusoe.costs',
    path: ['organizations', options.organization, 'billing', 'costs'],
    expects: 'data',
    answer: crusoeCostsAnswer,
    read: ({ last_updated: updated }, answer) => {
      const lastUpdatedMs = parseInstant(updated ?? '');
      const context = { sourceId, window, nowMs, learned, lastUpdatedMs };
      return readCrusoeCosts(answer.items(), context);
    },
  });
}
