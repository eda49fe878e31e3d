/** How parts of a job are run without a queue: one after the other, in this process. */

import type { Engine, Figures, Outcome, Task } from '../jobs/engine.ts';
import type { Answer } from '../jobs/job.ts';
import { figuresOf, jobNamed, type Progressing, runInline, type Workshop } from './inline.ts';

/**
 * An engine without memory: what may work later has failed for now, since nobody comes back to it.
 * The workshop is asked for when a part is run, for loading every job takes a while.
 */
export function inlineEngine<Context extends Progressing>(
  workshop: () => Promise<Workshop<Context>>,
): Engine {
  const runTask = async (task: Task): Promise<Outcome> => {
    const shop = await workshop();
    const answer = await runInline(shop, task.name, task.payload);
    return outcomeOf(task, answer, () => figuresOf(jobNamed(shop.jobs, task.name), answer));
  };
  return {
    async all(_, tasks) {
      const outcomes: Outcome[] = [];
      for (const task of tasks) outcomes.push(await runTask(task));
      return outcomes;
    },
    begun: async () => false,
    async order(orders) {
      for (const order of orders) await runTask({ ...order, key: order.id });
    },
  };
}

function outcomeOf(task: Task, answer: Answer, figures: () => Figures): Outcome {
  if (answer.kind !== 'done') return { kind: 'failed', task, reason: answer.reason };
  return { kind: 'done', task, shortfalls: answer.shortfalls, figures: figures() };
}
