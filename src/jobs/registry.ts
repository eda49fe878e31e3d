/** Knows every job that a queue or a timetable may ask for. */

import { auditJob } from './audit.ts';
import { deliverJob } from './deliver.ts';
import { pullJob } from './pull.ts';
import { reportJob } from './report.ts';

export const JOBS = [pullJob, auditJob, reportJob, deliverJob] as const;
