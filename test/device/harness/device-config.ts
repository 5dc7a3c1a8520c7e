// What containerd and the kubelet are told. Where this is other than on a K3s node, .github/ARCHITECTURE.md says so.

interface Containerd {
  readonly pause: string;
  /** Folder with a hosts.toml for each registry. */
  readonly hosts: string;
  /** Folders of CNI's plugins. */
  readonly plugins: readonly string[];
  /** Folder of CNI's configuration. */
  readonly network: string;
  readonly socket: string;
}

const list = (items: readonly string[]): string => `[${items.map((item) => `"${item}"`).join(', ')}]`;

export const containerdConfig = ({
  pause,
  hosts,
  plugins,
  network,
  socket,
}: Containerd): string => `version = 3
root = "/var/lib/containerd"
state = "/run/containerd"
# The machine may not let us lower the score of a process.
oom_score = 0

[grpc]
address = "${socket}"

[plugins."io.containerd.cri.v1.images"]
snapshotter = "overlayfs"
[plugins."io.containerd.cri.v1.images".pinned_images]
sandbox = "${pause}"
[plugins."io.containerd.cri.v1.images".registry]
config_path = "${hosts}"

[plugins."io.containerd.cri.v1.runtime"]
restrict_oom_score_adj = true
disable_apparmor = true
[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
SystemdCgroup = false
[plugins."io.containerd.cri.v1.runtime".cni]
bin_dirs = ${list(plugins)}
conf_dir = "${network}"
`;

/** Pods get addresses of the device's own network, each by a line of its own to the node: no bridge, no iptables. */
export const networkConfig = (number: number): unknown => ({
  cniVersion: '1.0.0',
  name: 'pods',
  plugins: [
    {
      type: 'ptp',
      ipam: {
        type: 'host-local',
        ranges: [[{ subnet: `10.200.${number}.0/24`, gateway: `10.200.${number}.1` }]],
        routes: [{ dst: '0.0.0.0/0' }],
      },
    },
  ],
});

interface Kubelet {
  readonly socket: string;
  /** The resolv.conf that pods inherit. */
  readonly resolv: string;
}

export const kubeletConfig = ({ socket, resolv }: Kubelet): unknown => ({
  apiVersion: 'kubelet.config.k8s.io/v1beta1',
  kind: 'KubeletConfiguration',
  containerRuntimeEndpoint: `unix://${socket}`,
  resolvConf: resolv,
  cgroupDriver: 'cgroupfs',
  failCgroupV1: false,
  failSwapOn: false,
  makeIPTablesUtilChains: false,
  enableControllerAttachDetach: false,
  oomScoreAdj: 0,
  maxOpenFiles: 20_000,
  // The machine's disk and memory are not the device's: nothing is evicted for them.
  evictionHard: {
    'memory.available': '0%',
    'nodefs.available': '0%',
    'nodefs.inodesFree': '0%',
    'imagefs.available': '0%',
    'imagefs.inodesFree': '0%',
  },
  imageGCHighThresholdPercent: 100,
  registryPullQPS: 0,
  // As fast as they go, so that a test sees what takes a minute in the field.
  syncFrequency: '10s',
  volumeStatsAggPeriod: '10s',
  nodeStatusUpdateFrequency: '2s',
  nodeLeaseDurationSeconds: 20,
  authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
  authorization: { mode: 'AlwaysAllow' },
});
