/** The error responses of the REST API v2 of RunPod. */

import type { EmulatorResponse } from './serve.ts';

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  429: 'Too Many Requests',
};

/** An RFC 9457 problem document with the documented fields. */
export function runpodProblem(
  status: number,
  detail = 'request failed',
  errors?: string[],
): EmulatorResponse {
  const title = TITLES[status] ?? 'Error';
  const body = JSON.stringify({ title, status, detail, ...(errors && { errors }) });
  return { status, type: 'application/problem+json', body };
}

/** A 400 response that lists every invalid parameter. */
export function runpodBadRequest(...errors: string[]): EmulatorResponse {
  return runpodProblem(400, 'request could not be processed', errors);
}
