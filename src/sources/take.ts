/** Which rows of a bill in FOCUS are wanted, as rentcheck.yaml says it. */

import { z } from 'zod';
import { FOCUS_CHOICE, isFocusChoice } from '../domain/focus.ts';
import { nearest } from '../platform/wording.ts';

const rule = z
  .record(z.string(), z.string())
  .refine((columns) => Object.keys(columns).length > 0, {
    error: 'name at least one column, like ServiceName',
  })
  .check((context) => {
    for (const name of Object.keys(context.value).filter((one) => !isFocusChoice(one))) {
      const meant = nearest(name, FOCUS_CHOICE);
      const remedy = meant === undefined ? '' : `; did you mean "${meant}"?`;
      context.issues.push({
        code: 'custom',
        input: context.value,
        path: [name],
        message: `expected a FOCUS column like ServiceName or Tags.NAME${remedy}`,
      });
    }
  });

/** A row is taken if it fits every column of one rule. */
export const takeSchema = z
  .array(rule)
  .min(1)
  .meta({ description: 'Which rows of FOCUS bills are used, by columns with * as a wildcard.' });
