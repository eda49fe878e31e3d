/** Ways to sign in: a token, a trusted proxy, or any visitor on this machine. */

/** How the pages are guarded, once secrets are read. */
export interface Doors {
  /** Absent where no token is asked for. */
  readonly token?: string;
  /** A reverse proxy that has asked who it is, and says so in a header. */
  readonly proxy?: ProxyDoor;
  /** Proxies whose `X-Forwarded-For` is believed: addresses or networks. */
  readonly trustedProxies: readonly string[];
  /** Names by which this server may be called without a token, in small letters, no port. */
  readonly names: readonly string[];
  /** Host and port under which people know it, where that is another one: of `web.link`. */
  readonly publicHost?: string;
  /** Whether cookies may travel over https alone. */
  readonly secureCookies: boolean;
}

export interface ProxyDoor {
  /** In small letters: `x-forwarded-user`. */
  readonly header: string;
  /** Who may come in; absent is everyone whom the proxy lets through. */
  readonly users?: readonly string[];
  /** Addresses or networks (`10.0.0.0/8`) from which the header is believed. */
  readonly from: readonly string[];
}

/** Who asks. A session is a person who gave the token; nobody needs to where doors are open. */
export interface Visitor {
  readonly by: 'token' | 'session' | 'proxy' | 'open';
  /** As the proxy says. */
  readonly name?: string;
}

/** Why someone is turned away. */
export interface Refusal {
  readonly status: 401 | 403 | 421 | 429;
  readonly reason: string;
  readonly retryAfterSeconds?: number;
}
