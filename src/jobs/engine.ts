/** What a job may ask of its engine: to run other jobs, and wait for them or not. */

import type { Order } from '../domain/order.ts';

/** A job that is part of another one. */
export interface Task {
  /** Tells it from its siblings of the same step. */
  readonly key: string;
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** What a person wants to see of a result: names and amounts, ready for JSON. */
export type Figures = Readonly<Record<string, string | number | boolean | null>>;

/** How a part ended. One that failed for good is an outcome and no exception. */
export type Outcome =
  | {
      readonly kind: 'done';
      readonly task: Task;
      readonly shortfalls: readonly string[];
      readonly figures: Figures;
    }
  | { readonly kind: 'failed'; readonly task: Task; readonly reason: string };

export interface Engine {
  /**
   * All parts of a step, when every one has ended. On a queue the job gives up its place while it
   * waits and is begun again from its start: steps that are done answer at once with what they
   * were, so that a job must ask for the same steps in the same order.
   */
  all(step: string, tasks: readonly Task[]): Promise<readonly Outcome[]>;
  /** Whether this job has asked for the step before. */
  begun(step: string): Promise<boolean>;
  /** Adds jobs and waits for none; where there is no queue they are run now. */
  order(orders: readonly Order[]): Promise<void>;
}

/** The one part of a step. */
export async function one(engine: Engine, step: string, task: Omit<Task, 'key'>): Promise<Outcome> {
  const [outcome] = await engine.all(step, [{ ...task, key: task.name }]);
  if (outcome === undefined) throw new Error(`the step ${step} has no outcome`);
  return outcome;
}
