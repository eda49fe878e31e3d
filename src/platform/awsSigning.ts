/** Amazon's Signature Version 4, for S3 buckets and other AWS services. */

import { AwsV4Signer } from 'aws4fetch';

export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Only for temporary credentials. */
  readonly sessionToken?: string;
}

export interface AwsScope {
  /** E.g. `s3` or `aps`. */
  readonly service: string;
  readonly region: string;
  readonly nowMs: number;
}

/** The headers of a GET, including its signature. All given headers are signed. */
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

/** The keys as a list of values to redact. */
export function awsSecrets({ accessKeyId, secretAccessKey, sessionToken }: AwsKeys): string[] {
  return [accessKeyId, secretAccessKey, ...(sessionToken === undefined ? [] : [sessionToken])];
}
