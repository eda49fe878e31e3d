/** Opens the location that the options name: a bucket, a container or a folder. */

import { Failure } from '../../domain/failure.ts';
import type { Secret } from '../../platform/secret.ts';
import type { SourceContext } from '../source.ts';
import { azureStore } from './azure.ts';
import { folderStore } from './folder.ts';
import type { BillOptions } from './options.ts';
import { s3Store } from './s3.ts';
import { type StoreClient, folderPrefix, type BillStore } from './store.ts';

/** @throws {Failure} `config` if a secret is not set. */
export function openStore(
  { options, tools }: Pick<SourceContext<BillOptions>, 'options' | 'tools'>,
  asker: StoreClient,
  defaults: { readonly region: string; readonly endpoint: (region: string) => string },
): BillStore {
  const { bucket, containerUrl, folder, timeoutSeconds } = options;
  const prefix = folderPrefix(options.prefix);
  if (folder !== undefined) return folderStore({ folder, prefix }, asker);
  const { http } = tools;
  const timeout = timeoutSeconds === undefined ? {} : { timeoutMs: timeoutSeconds * 1000 };
  const connection = { http, asker, ...timeout };
  if (containerUrl !== undefined) {
    return azureStore({ containerUrl: containerUrl.reveal(), prefix }, connection);
  }
  const region = options.region ?? defaults.region;
  const endpoint = options.endpoint ?? defaults.endpoint(region);
  const session = options.sessionToken?.reveal();
  const s3 = {
    bucket: bucket ?? '',
    region,
    endpoint,
    // A bucket name with dots does not match the certificate of a virtual host.
    isPathStyle: options.pathStyle ?? (options.endpoint !== undefined || /\./.test(bucket ?? '')),
    prefix,
    accessKeyId: revealOption(options.accessKeyId, 'accessKeyId'),
    secretAccessKey: revealOption(options.secretAccessKey, 'secretAccessKey'),
    ...(session === undefined ? {} : { sessionToken: session }),
  };
  return s3Store(s3, connection);
}

function revealOption(value: string | Secret | undefined, name: string): string {
  if (typeof value === 'string') return value;
  if (value !== undefined) return value.reveal();
  throw new Failure('config', `${name} is not set`, { where: name, hint: `set ${name}` });
}
