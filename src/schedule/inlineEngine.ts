/** An engine without a queue: runs the parts of a job one after the other, in this process. */

import type { Engine, Figures, Outcome, Task } from '../jobs/engine.ts';
import type { Answer } from '../jobs/job.ts';
import { figuresOf, jobNamed, type Progressing, runInline, type Workshop } from './inline.ts';

/**
 * A part that should run later counts as failed, because nothing runs it again. The workshop is
 * created when a part runs, since loading every job takes a while.
 */
export function inlineEngine<Context extends Progressing>(
  workshop: () => Promise<Workshop<Context>>,
): Engine {
  const runTask = async (task: Task): Promise<Outcome> => {
    const environment = await workshop();
    const answer = await runInline(environment, task.name, task.payload);
    return toOutcome(task, answer, () => figuresOf(jobNamed(environment.jobs, task.name), answer));
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

function toOutcome(task: Task, answer: Answer, figures: () => Figures): Outcome {
  if (answer.kind !== 'done') return { kind: 'failed', task, reason: answer.reason };
  return { kind: 'done', task, shortfalls: answer.shortfalls, figures: figures() };
}
