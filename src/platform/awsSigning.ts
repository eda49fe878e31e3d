/** Amazon's Signature Version 4, for buckets and for Amazon's own services alike. */

import { AwsV4Signer } from 'aws4fetch';

export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of credentials that expire. */
  readonly sessionToken?: string;
}

export interface AwsScope {
  /** `s3`, `aps`. */
  readonly service: string;
  readonly region: string;
  readonly nowMs: number;
}

/** The headers of a GET with its signature among them; all that are given are signed. */
export async function awsHeaders(
  { url, headers }: { readonly url: URL; readonly headers: Readonly<Record<string, string>> },
  { accessKeyId, secretAccessKey, sessionToken }: AwsKeys,
  { service, region, nowMs }: AwsScope,
): Promise<Record<string, string>> {
  const signer = new AwsV4Signer({
    url: url.href,
    headers: { ...headers },
    service,
    region,
    accessKeyId,
    secretAccessKey,
    datetime: new Date(nowMs).toISOString().replaceAll(/[:-]|\.\d{3}/g, ''),
    ...(sessionToken === undefined ? {} : { sessionToken }),
  });
  const signed = await signer.sign();
  return Object.fromEntries(signed.headers);
}

/** Keys as one list, to be removed from whatever is kept or said. */
export function secretsOf({ accessKeyId, secretAccessKey, sessionToken }: AwsKeys): string[] {
  return [accessKeyId, secretAccessKey, ...(sessionToken === undefined ? [] : [sessionToken])];
}
