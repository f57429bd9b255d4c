import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to another port of this machine that can be taken away. */
export interface TcpProxy extends AsyncDisposable {
  /** As an endpoint of the SDK. */
  readonly url: string;
  /** Ends every connection, and every new one at once: as a host that is gone. */
  cut(): void;
  /** Keeps every connection, and lets nothing through: as a host that hangs. */
  hang(): void;
  /** Lets everything through again, also what was held up. */
  restore(): void;
}

/** Starts one on a free port of the loopback, to the host and port of the given URL. */
export async function startTcpProxy(target: string): Promise<TcpProxy> {
  const { hostname, port: targetPort } = new URL(target);
  const sockets = new Set<Socket>();
  let state: 'open' | 'cut' | 'hung' = 'open';

  function keep(socket: Socket, other: Socket): void {
    sockets.add(socket);
    // Whatever ends one side ends the other.
    socket.on('error', () => other.destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      other.destroy();
    });
    socket.on('data', (chunk) => void other.write(chunk));
    if (state === 'hung') socket.pause();
  }

  const server = createServer((client) => {
    if (state === 'cut') {
      client.on('error', () => undefined).destroy();
      return;
    }
    const upstream = connect(Number(targetPort), hostname);
    keep(client, upstream);
    keep(upstream, client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  function end(): void {
    for (const socket of sockets) socket.destroy();
  }

  return {
    url: `http://127.0.0.1:${port}`,
    cut() {
      state = 'cut';
      end();
    },
    hang() {
      state = 'hung';
      for (const socket of sockets) socket.pause();
    },
    restore() {
      state = 'open';
      for (const socket of sockets) socket.resume();
    },
    async [Symbol.asyncDispose]() {
      end();
      server.close();
      await once(server, 'close');
    },
  };
}
