/** Reads malformed jobs that other clients added, so that they can be rejected by validation. */

import { Job, type JobJson, type JobProgress, Queue, Worker } from 'bullmq';
import { systemClock } from '../platform/clock.ts';

/** BullMQ itself throws while reading such a job, which would stop the worker and the pages. */
class ReadableJob<Data, Result, Name extends string, Progress extends JobProgress> extends Job<
  Data,
  Result,
  Name,
  Progress
> {
  static override fromJSON<Data, Result, Name extends string>(
    ...[queue, json, id]: Parameters<typeof Job.fromJSON>
  ): Job<Data, Result, Name> {
    return super.fromJSON(queue, readable(json), id);
  }
}

/** A payload that is not JSON becomes a string, which no job accepts. */
function readable(json: JobJson): JobJson {
  const { name, data, timestamp, processedOn, finishedOn } = json;
  const seenMs = processedOn ?? finishedOn ?? systemClock.nowMs();
  return {
    ...json,
    name: name ?? '',
    data: isJson(data) ? data : JSON.stringify(data),
    timestamp: Number.isFinite(timestamp) ? timestamp : seenMs,
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

export class ReadableQueue extends Queue {
  protected override get Job(): typeof Job {
    return ReadableJob;
  }
}

export class ReadableWorker<Data, Result> extends Worker<Data, Result> {
  protected override get Job(): typeof Job {
    return ReadableJob;
  }
}
