/** Types of fields that many providers' answers share: ids, names, amounts, quantities. */

import { z } from 'zod';
import { decimalText, nameOf } from '../platform/wire.ts';

const PRICE = /^\d{1,9}(?:\.\d{1,12})?$/;

/** A price of one unit that a person enters in config. */
export const unitUsd = z
  .union([z.number(), z.string()])
  .refine((value) => PRICE.test(String(value)), {
    error: 'expected US dollars per unit, 0 or more, such as 35.50',
  });

/** An id goes into keys and reports: printable, and of sane length. */
export const idText = z
  .string({ error: (issue) => `found ${nameOf(issue.input)}, expected an id` })
  .regex(/^[^\p{C}\p{Z}]{1,200}$/u, { error: 'expected an id of 1 to 200 visible characters' });

/** A name that goes into facts as it is. */
export const nameText = z
  .string({ error: (issue) => `found ${nameOf(issue.input)}, expected a name` })
  .regex(/^\P{C}{1,200}$/u, { error: 'expected a name of 1 to 200 visible characters' });

/** What a person wrote; it may be empty. */
export const labelText = z
  .string({ error: (issue) => `found ${nameOf(issue.input)}, expected text` })
  .regex(/^\P{C}{0,1000}$/u, { error: 'expected text of at most 1,000 visible characters' });

/** Dollars of one line; a billion of them is a fault of units, not a bill. */
export const usdText = decimalText.refine((text) => Math.abs(Number(text)) < 1e9, {
  error: 'expected an amount below a billion dollars',
});

/** How much of something was used. */
export const quantityText = decimalText.refine((text) => Math.abs(Number(text)) < 1e18, {
  error: 'expected a quantity of ordinary size',
});

/** A whole number of 0 or more, which databases of 64 bits tell as text. */
export const wholeCount = decimalText
  .transform(Number)
  .refine((value) => Number.isSafeInteger(value) && value >= 0, {
    error: 'expected a whole number of 0 or more',
  });

/** A number of GPUs. */
export const gpuCount = decimalText
  .transform(Number)
  .refine((value) => Number.isSafeInteger(value) && value >= 0 && value < 1e6, {
    error: 'expected a number of GPUs',
  });

/** What may be left blank: an empty text is nothing. */
export function blankOr<T extends z.ZodType>(schema: T, expected: string) {
  const blank = z.literal('').transform(() => undefined);
  return z.union([blank, schema], { error: `expected ${expected}` });
}
