/** Emulators of where replicas are found: a name server, the Kubernetes API, the RunPod API. */

import { createSocket } from 'node:dgram';
import { json, type Reply } from '../../support/httpServer.ts';

export type DnsRecords = Readonly<
  Record<string, { A?: readonly string[]; AAAA?: readonly string[]; SRV?: readonly DnsService[] }>
>;

export interface DnsService {
  readonly name: string;
  readonly port: number;
}

const TYPES = { 1: 'A', 28: 'AAAA', 33: 'SRV' } as const;
const NO_SUCH_NAME = 3;

/** A name server over UDP, by RFC 1035 and 2782; names that are not here do not exist. */
export async function startDns(records: () => DnsRecords) {
  const socket = createSocket('udp4');
  socket.on('message', (question, { port, address }) => {
    socket.send(answerTo(question, records()), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', () => resolve()));
  const { port } = socket.address();
  return {
    address: `127.0.0.1:${port}`,
    close: () => new Promise<void>((resolve) => socket.close(() => resolve())),
  };
}

function answerTo(question: Buffer, records: DnsRecords): Buffer {
  const end = question.indexOf(0, 12);
  const name = nameIn(question.subarray(12, end));
  const type = TYPES[question.readUInt16BE(end + 1) as keyof typeof TYPES];
  const known = records[name];
  const found = known === undefined || type === undefined ? [] : (known[type] ?? []);
  const header = Buffer.alloc(12);
  question.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180 | (known === undefined ? NO_SUCH_NAME : 0), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(found.length, 6);
  const asked = question.subarray(12, end + 5);
  const answers = found.map((one) => {
    const data = typeof one === 'string' ? addressBytes(one) : serviceBytes(one);
    const record = Buffer.alloc(12);
    record.writeUInt16BE(0xc00c, 0);
    question.copy(record, 2, end + 1, end + 5);
    record.writeUInt32BE(5, 6);
    record.writeUInt16BE(data.length, 10);
    return Buffer.concat([record, data]);
  });
  return Buffer.concat([header, asked, ...answers]);
}

function nameIn(labels: Buffer): string {
  const parts: string[] = [];
  for (let at = 0; at < labels.length; at += 1 + (labels[at] ?? 0)) {
    parts.push(labels.subarray(at + 1, at + 1 + (labels[at] ?? 0)).toString('ascii'));
  }
  return parts.join('.');
}

function addressBytes(address: string): Buffer {
  if (!address.includes(':')) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail = ''] = address.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const missing = 8 - groups(head).length - groups(tail).length;
  const all = [...groups(head), ...Array<string>(missing).fill('0'), ...groups(tail)];
  const bytes = Buffer.alloc(16);
  for (const [index, group] of all.entries()) {
    bytes.writeUInt16BE(Number.parseInt(group, 16), 2 * index);
  }
  return bytes;
}

function serviceBytes({ name, port }: DnsService): Buffer {
  const numbers = Buffer.alloc(6);
  numbers.writeUInt16BE(port, 4);
  const labels = name.split('.').map((part) => Buffer.from([part.length, ...Buffer.from(part)]));
  return Buffer.concat([numbers, ...labels, Buffer.alloc(1)]);
}

export interface KubernetesPod {
  readonly name: string;
  readonly ip?: string | null;
  readonly phase?: string;
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
}

/** The list of pods of a namespace: a token, a selector, pages of two. */
export function kubernetesApi(
  pods: () => readonly KubernetesPod[],
  { token, selector }: { readonly token: () => string; readonly selector: string },
): Reply {
  const status = (code: number, reason: string) =>
    json({ kind: 'Status', status: 'Failure', reason, code, message: reason }, code);
  return (response, request) => {
    const { path, query, headers } = request;
    if (headers.authorization !== `Bearer ${token()}`) {
      status(401, 'Unauthorized')(response, request);
    } else if (path !== '/api/v1/namespaces/ml/pods' || query.get('labelSelector') !== selector) {
      status(403, 'Forbidden')(response, request);
    } else {
      const all = pods();
      const from = Number(query.get('continue') ?? '0');
      const items = all.slice(from, from + 2).map(podOf);
      const next = from + 2 < all.length ? { continue: String(from + 2) } : {};
      const metadata = { resourceVersion: '1', ...next };
      json({ kind: 'PodList', apiVersion: 'v1', metadata, items })(response, request);
    }
  };
}

function podOf({ name, ip = null, phase = 'Running', ports = [] }: KubernetesPod) {
  return {
    metadata: { name, namespace: 'ml', uid: name, labels: { app: 'vllm' } },
    spec: { nodeName: 'node-1', containers: [{ name: 'vllm', image: 'vllm', ports }] },
    status: { phase, ...(ip === null ? {} : { podIP: ip, podIPs: [{ ip }] }) },
  };
}

/** RunPod's list of pods, as documented. */
export function runpodPodList(
  pods: () => readonly { readonly id: string; readonly name: string; readonly status: string }[],
  key: string,
): Reply {
  return (response, request) => {
    if (request.headers.authorization !== `Bearer ${key}`) {
      json({ title: 'Unauthorized', status: 401 }, 401)(response, request);
    } else if (request.path !== '/v2/pods') json({ title: 'Not Found' }, 404)(response, request);
    else {
      const all = pods().map((pod) => ({
        ...pod,
        image: 'vllm/vllm-openai',
        ports: ['8000/http'],
      }));
      json({ pods: all })(response, request);
    }
  };
}
