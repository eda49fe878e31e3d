/** The config schema of `take`: which rows of a FOCUS bill are used. */

import { z } from 'zod';
import { FOCUS_FILTERS, isFocusFilter } from '../domain/focus.ts';
import { nearestWord } from '../platform/wording.ts';

const rule = z
  .record(z.string(), z.string())
  .refine((columns) => Object.keys(columns).length > 0, {
    error: 'name at least one column, like ServiceName',
  })
  .check((context) => {
    for (const name of Object.keys(context.value).filter((column) => !isFocusFilter(column))) {
      const suggestion = nearestWord(name, FOCUS_FILTERS);
      const remedy = suggestion === undefined ? '' : `; did you mean "${suggestion}"?`;
      context.issues.push({
        code: 'custom',
        input: context.value,
        path: [name],
        message: `expected a FOCUS column like ServiceName or Tags.NAME${remedy}`,
      });
    }
  });

/** A row is used if it matches every column of one rule. */
export const takeSchema = z
  .array(rule)
  .min(1)
  .meta({ description: 'Which rows of FOCUS bills are used, by columns with * as a wildcard.' });
