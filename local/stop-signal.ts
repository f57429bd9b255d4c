/** Aborted by the first SIGINT or SIGTERM. Later ones are ignored: the way down has begun, and half of it is no end. */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      controller.abort();
    });
  }
  return controller.signal;
}
