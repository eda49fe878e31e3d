/** The sign-in page: one field, one button, and the last error. */

import { html } from '../html.ts';
import { page } from '../layout.ts';

export interface SignIn {
  /** The path to redirect to after sign-in. */
  readonly next: string;
  readonly problem?: string;
}

export function signInPage({ next, problem }: SignIn): string {
  const error = problem !== undefined && html`<p class="notice bad" role="alert">${problem}</p>`;
  const body = html`<h1>Sign in</h1>
${error}
<form method="post" action="/sign-in" class="card narrow">
<input type="hidden" name="next" value="${next}">
<label for="token">Token</label>
<input id="token" name="token" type="password" required autofocus autocomplete="current-password">
<p class="hint">The value that <code>web.token</code> in rentcheck.yaml points to.</p>
<button>Sign in</button>
</form>`;
  return page({ title: 'Sign in', body });
}
