/** The problems that RunPod's REST API v2 sends. */

import type { Answer } from './serve.ts';

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  429: 'Too Many Requests',
};

/** An RFC 9457 problem with the fields that the API documents. */
export function problem(status: number, detail = 'request failed', errors?: string[]): Answer {
  const title = TITLES[status] ?? 'Error';
  const body = JSON.stringify({ title, status, detail, ...(errors && { errors }) });
  return { status, type: 'application/problem+json', body };
}

/** What is wrong with the parameters, one line each. */
export function badRequest(...errors: string[]): Answer {
  return problem(400, 'request could not be processed', errors);
}
