import type { IpBatch } from '../../host/network-namespaces.ts';
import { serviceRange } from '../control-plane.ts';
import type { ClusterAddresses, NodeAddress } from '../addresses.ts';
import type { ClusterNames } from './names.ts';

/**
 * The network of a bare cluster: a bridge in a namespace of its own, and a cable (veth) from it to the host, the control
 * plane, each node and each stand-in. The host gets one interface and one route, and packets between the others never
 * pass its firewall. There is no default route, so that whatever looks for the internet fails at once.
 */

/** A member of the network that is not the host: its part's name (that of its port on the bridge too) and address. */
export interface Member {
  readonly part: string;
  readonly address: string;
}

/** The bridge, and the cable to the host. */
export function switchBatches(names: ClusterNames, addresses: ClusterAddresses): readonly IpBatch[] {
  const { hostLink, switchNamespace } = names;
  return [
    {
      lines: [
        `netns add ${switchNamespace}`,
        `link add ${hostLink} type veth peer name host netns ${switchNamespace}`,
        `address add ${addresses.host}/24 dev ${hostLink}`,
        `link set ${hostLink} up`,
      ],
    },
    {
      namespace: switchNamespace,
      lines: ['link add bridge type bridge', 'link set bridge up', 'link set host master bridge up'],
    },
  ];
}

/** A namespace for a member, its cable to the bridge, and its routes to the pods of all nodes (but its own). */
export function memberBatches(names: ClusterNames, addresses: ClusterAddresses, member: Member): readonly IpBatch[] {
  const namespace = names.of(member.part);
  const port = portName(member.part);
  const routes = addresses.nodes
    .filter(({ address }) => address !== member.address)
    .map(({ address, podSubnet }) => `route add ${podSubnet} via ${address}`);
  // kube-proxy answers for the addresses of Services, but only once the kernel has found a way for the packet to go.
  const services = addresses.nodes.some((node) => isNode(node, member)) ? [`route add ${serviceRange} dev eth0`] : [];
  return [
    {
      lines: [
        `netns add ${namespace}`,
        `link add eth0 netns ${namespace} type veth peer name ${port} netns ${names.switchNamespace}`,
      ],
    },
    { namespace: names.switchNamespace, lines: [`link set ${port} master bridge up`] },
    {
      namespace,
      lines: [
        'link set lo up',
        `address add ${member.address}/24 dev eth0`,
        'link set eth0 up',
        ...routes,
        ...services,
      ],
    },
  ];
}

/** Pulls a member's cable, so that not even its kernel answers any more. */
export function unplugBatch(names: ClusterNames, part: string): IpBatch {
  return { namespace: names.switchNamespace, lines: [`link delete ${portName(part)}`] };
}

function isNode(node: NodeAddress, member: Member): boolean {
  return node.address === member.address;
}

/** Names of interfaces hold 15 bytes (IFNAMSIZ with its final zero is 16). */
function portName(part: string): string {
  if (part.length <= 15) return part;
  throw new Error(`'${part}' is too long for a network interface, which has 15 characters at most`);
}
