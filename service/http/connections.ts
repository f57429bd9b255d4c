import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

interface Connection {
  readonly openedMs: number;
  exchange: { readonly request: IncomingMessage; readonly response: ServerResponse } | undefined;
}

/** What is known of the connections of a server. */
export interface Connections {
  /** Whether a response may still be written on the socket by whoever found its request unreadable. */
  mayAnswer(socket: Socket): boolean;
  /**
   * Ends connections that have nothing under way: those that had a request before, and those that were opened longer than
   * the grace ago and never had one. Node itself takes the latter for busy (they are, for its headers timeout).
   */
  endIdle(graceMs: number): void;
}

/** Watches the connections of a server from now on. */
export function trackConnections(server: Server, nowMs: () => number): Connections {
  const connections = new Map<Socket, Connection>();

  server.on('connection', (socket) => {
    connections.set(socket, { openedMs: nowMs(), exchange: undefined });
    socket.once('close', () => connections.delete(socket));
  });
  server.on('request', (request, response) => {
    const connection = connections.get(request.socket);
    if (connection !== undefined) connection.exchange = { request, response };
  });

  return {
    mayAnswer(socket) {
      const exchange = connections.get(socket)?.exchange;
      if (exchange === undefined || !exchange.response.headersSent) return true;
      return exchange.response.writableFinished && exchange.request.complete;
    },
    endIdle(graceMs) {
      server.closeIdleConnections();
      for (const [socket, { openedMs, exchange }] of connections) {
        if (exchange === undefined && nowMs() - openedMs >= graceMs) socket.destroySoon();
      }
    },
  };
}
