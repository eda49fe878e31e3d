/** Types for the used part of s3rver, which has none of its own. */

declare module 's3rver' {
  import type { AddressInfo } from 'node:net';

  interface S3rverOptions {
    readonly directory: string;
    readonly address: string;
    readonly port: number;
    readonly silent: boolean;
  }

  export default class S3rver {
    constructor(options: S3rverOptions);
    run(): Promise<AddressInfo>;
    close(): Promise<void>;
  }
}
