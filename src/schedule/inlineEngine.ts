/** An engine without a queue: runs the parts of a job one after the other, in this process. */

import type { JobEngine, JobFigures, TaskOutcome, Task } from '../jobs/engine.ts';
import type { JobResult } from '../jobs/job.ts';
import {
  jobFigures,
  findJob,
  type ProgressContext,
  runJobInline,
  type JobEnvironment,
} from './inline.ts';

/**
 * A part that should run later counts as failed, because nothing runs it again. The workshop is
 * created when a part runs, since loading every job takes a while.
 */
export function createInlineEngine<Context extends ProgressContext>(
  workshop: () => Promise<JobEnvironment<Context>>,
): JobEngine {
  const runTask = async (task: Task): Promise<TaskOutcome> => {
    const environment = await workshop();
    const answer = await runJobInline(environment, task.name, task.payload);
    return toOutcome(task, answer, () => jobFigures(findJob(environment.jobs, task.name), answer));
  };
  return {
    async runAll(_, tasks) {
      const outcomes: TaskOutcome[] = [];
      for (const task of tasks) outcomes.push(await runTask(task));
      return outcomes;
    },
    hasStarted: async () => false,
    async enqueue(orders) {
      for (const order of orders) await runTask({ ...order, key: order.id });
    },
  };
}

function toOutcome(task: Task, answer: JobResult, figures: () => JobFigures): TaskOutcome {
  if (answer.kind !== 'done') return { kind: 'failed', task, reason: answer.reason };
  return { kind: 'done', task, shortfalls: answer.shortfalls, figures: figures() };
}
