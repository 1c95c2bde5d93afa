/** Virtual ms that one way through the network takes: `[min, max]`, or one number for both. */
export type Latency = number | readonly [number, number];

export function latencyWindow(latency: Latency): readonly [number, number] {
  return typeof latency === 'number' ? [latency, latency] : latency;
}
