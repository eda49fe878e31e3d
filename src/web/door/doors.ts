/** Settings and results of authentication: a token, a trusted proxy, or open access. */

/** How visitors authenticate. All secrets are resolved. */
export interface AccessSettings {
  /** Absent if no token is required. */
  readonly token?: string;
  /** A reverse proxy that authenticates users and passes their name in a header. */
  readonly proxy?: ProxyAuth;
  /** Proxies whose `X-Forwarded-For` header is trusted: addresses or networks. */
  readonly trustedProxies: readonly string[];
  /** Host names accepted in requests without a token, in lower case and without a port. */
  readonly hostNames: readonly string[];
  /** Host and port of `web.link`, the public address; absent if it is not configured. */
  readonly publicHost?: string;
  /** Whether cookies are restricted to HTTPS. */
  readonly secureCookies: boolean;
}

export interface ProxyAuth {
  /** In lower case: `x-forwarded-user`. */
  readonly header: string;
  /** Users who are allowed; if absent, every user whom the proxy authenticated. */
  readonly users?: readonly string[];
  /** Addresses or networks (`10.0.0.0/8`) from which the header is trusted. */
  readonly from: readonly string[];
}

/** An authenticated visitor. `session` is a browser that signed in; `open` needs no sign-in. */
export interface Visitor {
  readonly by: 'token' | 'session' | 'proxy' | 'open';
  /** The user name that the proxy sent. */
  readonly name?: string;
}

/** Why a request was rejected. */
export interface AuthRefusal {
  readonly status: 401 | 403 | 421 | 429;
  readonly reason: string;
  readonly retryAfterSeconds?: number;
}
