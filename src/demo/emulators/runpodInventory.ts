/** Emulates the inventory of RunPod: pods, volumes, and the price list of GPUs. */

import { instantText, SECOND_MS } from '../../domain/period.ts';
import { DEPLOYMENTS } from '../company.ts';
import type { Fleet } from '../fleet.ts';
import { PLANTED_POD_SECRET } from '../keys.ts';
import type { FleetPod, FleetVolume } from '../rent.ts';

/** Pods created so far. A returned pod stays listed as EXITED, with its name and no cost. */
export function toPodList(fleet: Fleet, nowMs: number) {
  const seen = fleet.pods.filter((pod) => pod.fromMs <= nowMs);
  return { pods: seen.map((pod) => onePod(pod, fleet, nowMs)) };
}

export function toServerlessList() {
  return { endpoints: [] };
}

export function toClusterList() {
  return { clusters: [] };
}

export function toVolumeList(fleet: Fleet, nowMs: number) {
  const seen = fleet.volumes.filter((volume) => volume.fromMs <= nowMs);
  return {
    networkVolumes: seen.map((volume) => ({
      id: volume.id,
      name: volume.name,
      size: volume.sizeGb,
      dataCenter: 'US-KS-2',
      type: 'STANDARD',
    })),
  };
}

function onePod(pod: FleetPod, fleet: Fleet, nowMs: number) {
  const running = pod.toMs === undefined || nowMs < pod.toMs;
  return {
    id: pod.id,
    name: pod.name,
    image: pod.image,
    args: argumentsOf(pod),
    disk: 120,
    ports: ['8000/http'],
    env: { HF_TOKEN: PLANTED_POD_SECRET },
    registry: null,
    status: running ? 'RUNNING' : 'EXITED',
    actions: running ? ['stop', 'restart', 'terminate'] : ['start', 'terminate'],
    mounts: mountsOf(pod, fleet.volumes),
    gpu: { id: pod.gpuId, count: pod.gpuCount },
    cloud: pod.cloud,
    dataCenterId: pod.cloud === 'SECURE' ? 'US-KS-2' : null,
    cudaVersion: '12.8',
    ssh: { proxy: null, direct: null },
    template: null,
    // Only the GPUs; the disk is billed separately.
    cost: running ? pod.gpuMicroUsdPerHour / 1e6 : 0,
    locked: false,
    globalNetworking: { enabled: false },
    runtime: running ? runtimeOf(pod, nowMs) : null,
    createdAt: instantText(pod.fromMs),
    startedAt: instantText(pod.fromMs),
  };
}

function argumentsOf(pod: FleetPod): string {
  const deployment = DEPLOYMENTS.find(({ id }) => id === pod.deployment);
  if (deployment === undefined) return '';
  return `--model ${deployment.model} --served-model-name ${deployment.servedModel}`;
}

function mountsOf(pod: FleetPod, volumes: readonly FleetVolume[]) {
  const volume = volumes.find(({ deployment }) => deployment === pod.deployment);
  return volume === undefined ? {} : { network: [{ volumeId: volume.id, path: '/workspace' }] };
}

function runtimeOf(pod: FleetPod, nowMs: number) {
  return {
    uptime: Math.floor((nowMs - pod.fromMs) / SECOND_MS),
    ports: [{ private: 8000, public: null, type: 'http', ip: null }],
  };
}

/** ID, name, pool, memory in GB, and list prices per GPU-hour: secure, community, serverless. */
const GPUS = [
  ['NVIDIA H100 80GB HBM3', 'H100 SXM', 'HOPPER_80', 80, [3.49, 2.69, 4.18]],
  ['NVIDIA A100 80GB PCIe', 'A100 PCIe', 'AMPERE_80', 80, [1.64, 1.19, 2.72]],
  ['NVIDIA GeForce RTX 4090', 'RTX 4090', 'ADA_24', 24, [0.44, 0.31, 1.1]],
] as const;

export function toGpuCatalog(options: { readonly availability: boolean }) {
  return {
    gpus: GPUS.map(([id, name, pool, memory, [secure, community, serverless]]) => ({
      id,
      name,
      pool,
      manufacturer: 'NVIDIA',
      memory,
      secure: true,
      community: true,
      price: { secure, community, serverless },
      maxCount: { secure: 8, community: 4 },
      ...(options.availability && { availability: 'HIGH' }),
    })),
  };
}
