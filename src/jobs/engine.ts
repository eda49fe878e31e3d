/** Interface with which a job runs other jobs, and waits for them or not. */

import type { NewJob } from '../domain/order.ts';

/** A job that is part of another one. */
export interface Task {
  /** Unique among the tasks of the same step. */
  readonly key: string;
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Summary of a result for people: names and amounts, ready for JSON. */
export type JobFigures = Readonly<Record<string, string | number | boolean | null>>;

/** How a task ended; a final failure is an outcome, not an exception. */
export type TaskOutcome =
  | {
      readonly kind: 'done';
      readonly task: Task;
      readonly shortfalls: readonly string[];
      readonly figures: JobFigures;
    }
  | { readonly kind: 'failed'; readonly task: Task; readonly reason: string };

export interface JobEngine {
  /**
   * Runs the tasks of a step and returns when all have ended. On a queue the job frees its slot
   * while it waits, then starts again from its beginning. Finished steps return their outcomes at
   * once, so a job must run the same steps in the same order.
   */
  runAll(step: string, tasks: readonly Task[]): Promise<readonly TaskOutcome[]>;
  /** Whether this job has started the step before. */
  hasStarted(step: string): Promise<boolean>;
  /** Adds jobs without waiting for them; without a queue they run now. */
  enqueue(orders: readonly NewJob[]): Promise<void>;
}

/** Runs a step with a single task. */
export async function runTask(
  engine: JobEngine,
  step: string,
  task: Omit<Task, 'key'>,
): Promise<TaskOutcome> {
  const [outcome] = await engine.runAll(step, [{ ...task, key: task.name }]);
  if (outcome === undefined) throw new Error(`the step ${step} has no outcome`);
  return outcome;
}
