import type { StandIn } from '../cluster/cluster.ts';
import type { Toolchain } from '../toolchain/toolchain.ts';
import { answersHttp } from './answering.ts';

/** moto, for the calls that only describe or hand out: ElastiCache and STS. It takes any key, and forgets everything when it ends. */
export function awsStandIn(toolchain: Pick<Toolchain, 'motoServer'>): StandIn {
  return {
    name: 'aws',
    port: 5000,
    process: (listen) => ({ argv: [toolchain.motoServer, '-H', listen.address, '-p', String(listen.port)] }),
    container: { image: 'motoserver/moto:5.2.5', args: ['-H', '0.0.0.0', '-p', '5000'] },
    isAnswering: (endpoint) =>
      answersHttp(endpoint, { path: '/moto-api/data.json', isAnswer: (status) => status === 200 }),
  };
}
