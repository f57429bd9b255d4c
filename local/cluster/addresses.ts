/** The addresses of one cluster: a /24 of its own, so that clusters run side by side. */
export interface ClusterAddresses {
  readonly subnet: string;
  /** This host. */
  readonly host: string;
  readonly control: string;
  readonly nodes: readonly NodeAddress[];
  /** Address of a stand-in. Throws an error that lists those that have one. */
  readonly standIn: (name: string) => string;
}

export interface NodeAddress {
  readonly name: string;
  readonly address: string;
  /** The pods of this node; the same in every cluster, since only the cluster's own namespaces have routes to them. */
  readonly podSubnet: string;
}

/** All pods of a cluster. */
export const podRange = '10.244.0.0/16';

const standInOctets: Readonly<Record<string, number>> = {
  'load-balancer': 3,
  dynamodb: 4,
  s3: 5,
  aws: 6,
  redis: 7,
};
const firstNodeOctet = 11;
const maxNodes = 200;
/** Second octets of the ranges that pods and Services have. */
const takenIndexes = [244, 96];

/**
 * The addresses 10.`subnetIndex`.0.0/24: .1 this host, .2 the control plane, .3 to .7 stand-ins, nodes from .11 on.
 * Throws an error when the index or the count of nodes cannot be.
 */
export function clusterAddresses(subnetIndex: number, nodeCount: number): ClusterAddresses {
  if (!Number.isInteger(subnetIndex) || subnetIndex < 0 || subnetIndex > 255 || takenIndexes.includes(subnetIndex)) {
    throw new Error(`subnet index ${subnetIndex}: write 0 to 255, but for 96 (Services) and 244 (pods)`);
  }
  if (!Number.isInteger(nodeCount) || nodeCount < 2 || nodeCount > maxNodes) {
    throw new Error(`${nodeCount} nodes: write 2 to ${maxNodes}`);
  }
  const address = (octet: number) => `10.${subnetIndex}.0.${octet}`;
  return {
    subnet: `${address(0)}/24`,
    host: address(1),
    control: address(2),
    nodes: Array.from({ length: nodeCount }, (_, index) => ({
      name: `node${index + 1}`,
      address: address(firstNodeOctet + index),
      podSubnet: `10.244.${index + 1}.0/24`,
    })),
    standIn: (name) => {
      const octet = standInOctets[name];
      if (octet !== undefined) return address(octet);
      throw new Error(
        `no address for a stand-in named '${name}'; those of ${Object.keys(standInOctets).join(', ')} are known`,
      );
    },
  };
}

/** Whether two IPv4 networks in CIDR notation (a plain address is one of 32 bits) have an address in common. */
export function overlaps(one: string, other: string): boolean {
  const [first, second] = [parseNetwork(one), parseNetwork(other)];
  const bits = Math.min(first.bits, second.bits);
  const shift = 2 ** (32 - bits);
  return Math.floor(first.address / shift) === Math.floor(second.address / shift);
}

function parseNetwork(cidr: string): { readonly address: number; readonly bits: number } {
  const [address = '', bits = '32'] = cidr.split('/');
  return { address: address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0), bits: Number(bits) };
}
