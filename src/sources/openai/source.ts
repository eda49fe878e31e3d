/** What an OpenAI organization is asked: its costs by day, then the usage of each product. */

import { Failure } from '../../domain/failure.ts';
import { DAY_MS, type Period, SECOND_MS } from '../../domain/period.ts';
import { fieldsOf } from '../../platform/readFields.ts';
import { readWire } from '../../platform/wire.ts';
import { type Api, bearer, type Pull, type Question } from '../api.ts';
import { pullerOf } from '../driver.ts';
import { dayWindows, nextPageOf } from '../hostedBill.ts';
import { wants } from '../source.ts';
import { COSTS_PREFIX, readCosts, readUsage } from './normalize.ts';
import type { OpenaiOptions } from './options.ts';
import { costsAnswer, usageAnswer } from './wire.ts';

const api: Api<OpenaiOptions> = {
  kind: 'openai',
  auth: bearer(({ adminKey }) => adminKey),
  questions,
};

export const pull = pullerOf(api);

/** The products of which tokens are told, and by what each can be grouped. */
const PRODUCTS = [
  { name: 'completions', groupBy: ['model', 'batch', 'service_tier'] },
  { name: 'embeddings', groupBy: ['model'] },
  { name: 'moderations', groupBy: ['model'] },
] as const;

/** So many days come on one page at most. */
const COST_DAYS = 180;
const USAGE_DAYS = 31;

function* questions(pull: Pull<OpenaiOptions>): Generator<Question> {
  if (!wants(pull.request, 'charges')) return;
  for (const window of dayWindows(pull, COST_DAYS)) yield costsQuestion(pull.id, window);
  let isTold = false;
  const onTold = () => {
    isTold = true;
  };
  for (const product of PRODUCTS) {
    // Where not even completions are told, the others are not there for another reason.
    if (product.name !== 'completions' && !isTold) return;
    for (const window of dayWindows(pull, USAGE_DAYS)) {
      yield usageQuestion({ sourceId: pull.id, window, onTold }, product);
    }
  }
}

function asked(window: Period, { days, groupBy }: { days: number; groupBy: readonly string[] }) {
  return {
    span: {
      window,
      bucketMs: DAY_MS,
      query: ({ startMs, endMs }: Period) => ({
        start_time: String(startMs / SECOND_MS),
        end_time: String(endMs / SECOND_MS),
        bucket_width: '1d',
        limit: String(days),
        group_by: [...groupBy],
      }),
    },
    pages: { first: {}, next: (frame: unknown) => nextPageOf('OpenAI', frame) },
    expects: 'data',
    explain: explained,
  };
}

function costsQuestion(sourceId: string, window: Period): Question {
  const told = new Set<number>();
  return {
    kind: 'openai.costs',
    path: ['organization', 'costs'],
    ...asked(window, { days: COST_DAYS, groupBy: ['line_item', 'project_id'] }),
    fields: fieldsOf(costsAnswer),
    read(answer, { where, window: own = window }) {
      readWire(costsAnswer, answer.frame, where);
      const read = readCosts(answer.items(), { sourceId, window: own, told });
      const whole = { completeFor: { keyPrefix: COSTS_PREFIX, window: own } };
      return { ...read, ...(read.rejects?.length === 0 ? whole : {}) };
    },
  };
}

interface UsageWish {
  readonly sourceId: string;
  readonly window: Period;
  readonly onTold: () => void;
}

function usageQuestion(
  { sourceId, window, onTold }: UsageWish,
  { name, groupBy }: (typeof PRODUCTS)[number],
): Question {
  const told = new Set<number>();
  return {
    kind: `openai.usage.${name}`,
    path: ['organization', 'usage', name],
    ...asked(window, { days: USAGE_DAYS, groupBy }),
    fields: fieldsOf(usageAnswer),
    read(answer, { where, window: own = window }) {
      readWire(usageAnswer, answer.frame, where);
      onTold();
      return readUsage(answer.items(), {
        sourceId,
        window: own,
        told,
        hasOutput: name === 'completions',
      });
    },
    // A product that this organization does not have.
    ...(name === 'completions' ? {} : { isEmpty: ({ code }) => code === 'not-found' }),
  };
}

function explained(failure: Failure): Failure {
  const { code, message, where } = failure;
  if (code !== 'auth' && code !== 'forbidden') return failure;
  const hint =
    'use an admin key of the organization (it begins with sk-admin-); a project key may ' +
    'not read costs';
  return new Failure(code, message, { ...(where === undefined ? {} : { where }), hint });
}
