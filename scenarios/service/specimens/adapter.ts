/** The periodic services, three times, behind the same few words. */
import { PerformanceMonitor, RateLimiter, TelemetryBridge } from 'heddle/systems';
import * as documented from './as-documented.ts';
import * as found from './as-found.ts';

/** Every service of the three looks once a minute; a context is stale after one. */
export const MINUTE = 60_000;

export interface Services {
  /** Configures a limiter, or configures it again. */
  configureLimiter(id: string): void;
  /** Has a service clean up now, as its timer does; a limiter that was never configured is left alone. */
  cleanup(service: 'monitor' | 'bridge' | 'a' | 'b'): Promise<void> | void;
  recordOperation(name: string): void;
  /** Names of the operations that are remembered, newest first. */
  recentOperations(): string[];
  close(): Promise<void> | void;
}

export function ours(): Services {
  const monitor = new PerformanceMonitor();
  const limiter = new RateLimiter();
  const bridge = new TelemetryBridge();
  return {
    configureLimiter: (id) => {
      limiter.configureLimiter(id, { limit: 10, windowMs: MINUTE });
    },
    cleanup: (service) => {
      if (service === 'monitor') return monitor.cleanup();
      if (service === 'bridge') return bridge.cleanup();
      return limiter.limiterIds.includes(service) ? limiter.cleanup(service) : undefined;
    },
    recordOperation: (name) => {
      monitor.recordOperation(name, 1);
    },
    recentOperations: () => monitor.recentOperations().map(({ operation }) => operation),
    close: async () => {
      await Promise.all([monitor.close(), limiter.close(), bridge.close()]);
    },
  };
}

function specimen(
  monitor: found.PerformanceMonitor | documented.PerformanceMonitor,
  limiter: found.RateLimiter | documented.RateLimiter,
  bridge: found.OpentelemetryBridge | documented.OpentelemetryBridge,
): Services {
  return {
    configureLimiter: (id) => {
      limiter.configureLimiter(id);
    },
    cleanup: (service) => {
      if (service === 'monitor') {
        monitor.handleInfo('cleanup');
        return undefined;
      }
      if (service === 'bridge') return bridge.handleInfo('cleanup_stale_contexts');
      if (limiter.cleanupTimers.has(service)) limiter.handleInfo(['cleanup', service]);
      return undefined;
    },
    recordOperation: (name) => {
      monitor.addRecentOperation({ name });
    },
    recentOperations: () => monitor.recentOps.map(({ name }) => name),
    close: () => {
      monitor.terminate();
      limiter.terminate();
      bridge.terminate();
    },
  };
}

export function asFound(): Services {
  const monitor = new found.PerformanceMonitor().init();
  return specimen(monitor, new found.RateLimiter(), new found.OpentelemetryBridge().init());
}

export function asDocumented(): Services {
  const monitor = new documented.PerformanceMonitor().init();
  return specimen(monitor, new documented.RateLimiter(), new documented.OpentelemetryBridge().init());
}

type Exporter = (contextId: string) => Promise<void>;

/** The telemetry bridge alone, with an exporter that takes its time. */
export interface Bridge {
  startContext(id: string): void;
  cleanup(): Promise<void>;
  close(): Promise<void> | void;
}

export function ourBridge(exporter: Exporter): Bridge {
  return new TelemetryBridge({ staleAfterMs: MINUTE, exportStale: ({ id }) => exporter(id) });
}

function specimenBridge(bridge: found.OpentelemetryBridge | documented.OpentelemetryBridge): Bridge {
  return {
    startContext: (id) => {
      bridge.startContext(id);
    },
    cleanup: () => bridge.handleInfo('cleanup_stale_contexts'),
    close: () => {
      bridge.terminate();
    },
  };
}

export function bridgeAsFound(exporter: Exporter): Bridge {
  return specimenBridge(new found.OpentelemetryBridge(exporter).init());
}

export function bridgeAsDocumented(exporter: Exporter): Bridge {
  return specimenBridge(new documented.OpentelemetryBridge(exporter).init());
}
