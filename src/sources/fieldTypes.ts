/** Types of fields that many providers' answers share: ids, names, amounts, quantities. */

import { z } from 'zod';
import { decimalText, nameOf } from '../platform/wire.ts';

const PRICE = /^\d{1,9}(?:\.\d{1,12})?$/;

/** A price of one unit that a person enters in config. */
export const unitUsd = z
  .union([z.number(), z.string()])
  .refine((value) => PRICE.test(String(value)), {
    error: 'expected US dollars of one unit, from 0 on, such as 35.50',
  });

/** An id goes into keys and reports: printable, and of sane length. */
export const idText = z
  .string({ error: (issue) => `${nameOf(issue.input)} where an id was expected` })
  .regex(/^[^\p{C}\p{Z}]{1,200}$/u, { error: 'an id of 1 to 200 visible characters was expected' });

/** A name that goes into facts as it is. */
export const nameText = z
  .string({ error: (issue) => `${nameOf(issue.input)} where a name was expected` })
  .regex(/^\P{C}{1,200}$/u, { error: 'a name of 1 to 200 visible characters was expected' });

/** What a person wrote; it may be empty. */
export const labelText = z
  .string({ error: (issue) => `${nameOf(issue.input)} where a text was expected` })
  .regex(/^\P{C}{0,1000}$/u, { error: 'a text of at most 1,000 visible characters was expected' });

/** Dollars of one line; a billion of them is a fault of units, not a bill. */
export const usdText = decimalText.refine((text) => Math.abs(Number(text)) < 1e9, {
  error: 'an amount below a billion dollars was expected',
});

/** How much of something was used. */
export const quantityText = decimalText.refine((text) => Math.abs(Number(text)) < 1e18, {
  error: 'a quantity of ordinary size was expected',
});

/** A whole number of 0 or more, which databases of 64 bits tell as text. */
export const wholeCount = decimalText
  .transform(Number)
  .refine((value) => Number.isSafeInteger(value) && value >= 0, {
    error: 'a whole number of 0 or more was expected',
  });

/** A number of GPUs. */
export const gpuCount = decimalText
  .transform(Number)
  .refine((value) => Number.isSafeInteger(value) && value >= 0 && value < 1e6, {
    error: 'a number of GPUs was expected',
  });

/** What may be left blank: an empty text is nothing. */
export function blankOr<T extends z.ZodType>(schema: T, expected: string) {
  const blank = z.literal('').transform(() => undefined);
  return z.union([blank, schema], { error: `${expected} was expected` });
}
