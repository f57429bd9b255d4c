import { join } from 'node:path';
import { nodeMonitorGraceSeconds } from '../control-plane.ts';
import { podRange } from '../addresses.ts';
import type { NodeAddress } from '../addresses.ts';

/** What the configuration files of one node's programs depend on. */
export interface NodeSettings {
  readonly node: NodeAddress;
  /** Absolute path; inside the node the same as outside. */
  readonly folder: string;
  readonly logs: string;
  readonly cgroup: string;
  /** `native` copies files where `overlayfs` stacks them: slow, but possible on any file system. */
  readonly snapshotter: 'overlayfs' | 'native';
}

/** Name in the node's folder, and content, of each configuration file. */
export function nodeFiles(settings: NodeSettings): Readonly<Record<string, string>> {
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  return {
    'containerd.toml': containerdConfig(settings),
    'kubelet.json': json(kubeletConfig(settings)),
    'kube-proxy.json': json(kubeProxyConfig(settings)),
    'cni/10-pods.conflist': json(podNetwork(settings)),
  };
}

/** Where containerd of a node listens, given the node's folder. Its second socket has `.ttrpc` behind that. */
export function containerdSocket(folder: string): string {
  return join(folder, 'containerd.sock');
}

/** The name that containerd looks for when it makes a pod; loaded from an archive, since there is no registry. */
const pauseImage = 'localhost/pause:1';
/** Inside the node these are in memory and gone after a restart, like /run of a machine. */
const stateFolder = '/run/containerd';
const podAddressFolder = '/run/pod-addresses';

/**
 * containerd, version 2 of its configuration (1.6 up to 2.x read it). It may not lower its own oom_score_adj where the
 * host withholds CAP_SYS_RESOURCE, hence restrict_oom_score_adj; without it runc ends with "can't get final child's PID".
 * Its AppArmor profile would be loaded into the host's kernel and stay there, hence disable_apparmor.
 */
function containerdConfig({ folder, snapshotter }: NodeSettings): string {
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  return `version = 2
root = "${join(folder, 'containerd')}"
state = "${stateFolder}"
disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.aufs"]

[grpc]
  address = "${containerdSocket(folder)}"

[ttrpc]
  address = "${containerdSocket(folder)}.ttrpc"

[${cri}]
  restrict_oom_score_adj = true
  disable_apparmor = true
  sandbox_image = "${pauseImage}"

[${cri}.cni]
  bin_dir = "/usr/lib/cni"
  conf_dir = "${join(folder, 'cni')}"

[${cri}.containerd]
  snapshotter = "${snapshotter}"

[${cri}.containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"

[${cri}.containerd.runtimes.runc.options]
  SystemdCgroup = false
`;
}

/** kubelet. It takes control groups of version 1 as well, which it refuses by default since 1.35. */
function kubeletConfig({ node, folder, logs, cgroup }: NodeSettings): unknown {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: join(folder, 'ca.crt') },
    },
    authorization: { mode: 'Webhook' },
    address: node.address,
    tlsCertFile: join(folder, 'kubelet.crt'),
    tlsPrivateKeyFile: join(folder, 'kubelet.key'),
    containerRuntimeEndpoint: `unix://${containerdSocket(folder)}`,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${cgroup}`,
    failCgroupV1: false,
    failSwapOn: false,
    // Without a cluster DNS nothing is resolved; an empty file makes lookups fail at once.
    resolvConf: '',
    volumePluginDir: join(folder, 'volume-plugins'),
    podLogsDir: join(logs, 'pods'),
    nodeStatusUpdateFrequency: `${nodeMonitorGraceSeconds / 4}s`,
    nodeStatusReportFrequency: `${nodeMonitorGraceSeconds}s`,
    // The lease is renewed four times in its duration.
    nodeLeaseDurationSeconds: nodeMonitorGraceSeconds,
    // The disk is that of the host, shared with everything else: its filling up is no reason to evict pods or drop images.
    imageGCHighThresholdPercent: 100,
    evictionHard: { 'nodefs.available': '0%', 'nodefs.inodesFree': '0%', 'imagefs.available': '0%' },
  };
}

/** kube-proxy. Limits of connection tracking belong to the host's kernel and are left alone. */
function kubeProxyConfig({ node, folder }: NodeSettings): unknown {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'iptables',
    clientConnection: { kubeconfig: join(folder, 'kube-proxy.kubeconfig') },
    clusterCIDR: podRange,
    conntrack: { maxPerCore: 0, min: 0 },
    healthzBindAddress: `${node.address}:${kubeProxyHealthPort}`,
    metricsBindAddress: '127.0.0.1:10249',
  };
}

/** kube-proxy answers here, on the node's address, once its rules are in place. */
export const kubeProxyHealthPort = 10256;

/**
 * How pods get their network, CNI specification 0.4. Point-to-point, not a bridge: packets between pods of one node pass
 * the node's own routing, and with it the rules of kube-proxy, whether or not the host filters bridged packets.
 */
function podNetwork({ node }: NodeSettings): unknown {
  const ipam = {
    type: 'host-local',
    dataDir: podAddressFolder,
    ranges: [[{ subnet: node.podSubnet }]],
    routes: [{ dst: '0.0.0.0/0' }],
  };
  return { cniVersion: '0.4.0', name: 'pods', plugins: [{ type: 'ptp', ipMasq: false, ipam }] };
}
