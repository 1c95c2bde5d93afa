import { always, fail, fc, hold, judge, scenario, sometimes, type Sim } from 'heddle';
import { bridgeAsDocumented, bridgeAsFound, MINUTE, ourBridge, type Bridge } from './specimens/adapter.ts';

interface Exporting {
  bridge: Bridge;
  /** Exports that are under way. */
  exports: number;
}

/** A bridge whose collector is across the network. */
const exporting =
  (make: (exporter: (id: string) => Promise<void>) => Bridge) =>
  (sim: Sim): Exporting => {
    const exporting: Exporting = {
      exports: 0,
      bridge: make(async (id) => {
        exporting.exports += 1;
        await sim.io(`export ${id}`, { latency: [1, 100] });
        exporting.exports -= 1;
      }),
    };
    return exporting;
  };

// In Elixir the mailbox keeps terminate and a second cleanup behind the tick; a callback that waits on Node's event loop
// is not kept apart from anything, unless somebody does it.
const restsOn = {
  'as-found': 'the export across the network, which the document implies with OpenTelemetry and does not name',
  'as-documented': 'the export across the network, which the document implies with OpenTelemetry and does not name',
};

const closed = scenario<Exporting, { contexts: number; closeAfter: number }>({
  name: 'service/tick-in-flight-at-close',
  ids: ['F7'],
  about: 'the bridge is closed while its tick waits for the collector, and the tick arms the next timer',
  subjects: {
    ours: hold(exporting(ourBridge)),
    'as-found': fail('noTimerAfterClose', exporting(bridgeAsFound)),
    'as-documented': judge(exporting(bridgeAsDocumented)),
  },
  restsOn,
  workload: fc.record({ contexts: fc.integer({ min: 0, max: 3 }), closeAfter: fc.integer({ min: 0, max: 200 }) }),
  body: async ({ sim, subject, workload: { contexts, closeAfter } }) => {
    for (let i = 1; i <= contexts; i += 1) subject.bridge.startContext(`s${i}`);
    await sim.io('time passes', { latency: MINUTE + closeAfter });
    if (subject.exports > 0) sim.tell('closed during export', {});
    await sim.op('close', {}, () => subject.bridge.close());
    // An export that was under way has come back.
    await sim.io('time passes', { latency: 1000 });
  },
  invariants: [
    always('noTimerAfterClose', ({ armedTimers, history }) => {
      const isClosed = history.operations.some(({ outcome }) => outcome.kind === 'returned');
      const timers = armedTimers().length;
      return !isClosed || timers === 0 || `${timers} armed after close`;
    }),
    sometimes('closedDuringExport', ({ history }) => history.facts.length > 0),
  ],
});

const asked = scenario<Exporting, { contexts: number; at: number[] }>({
  name: 'service/ticks-do-not-overlap',
  ids: ['F7'],
  about: 'the bridge is asked to clean up while its tick waits for the collector, and two ticks run at once',
  subjects: {
    ours: hold(exporting(ourBridge)),
    'as-found': fail('oneTickAtOnce', exporting(bridgeAsFound)),
    'as-documented': judge(exporting(bridgeAsDocumented)),
  },
  restsOn,
  workload: fc.record({
    contexts: fc.integer({ min: 2, max: 4 }),
    at: fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 3 }),
  }),
  body: async ({ sim, subject, workload: { contexts, at } }) => {
    for (let i = 1; i <= contexts; i += 1) subject.bridge.startContext(`s${i}`);
    await sim.clients(at, async (ms) => {
      await sim.io('time passes', { latency: MINUTE + ms });
      if (subject.exports > 0) sim.tell('asked during export', {});
      await sim.op('cleanup', {}, () => subject.bridge.cleanup());
    });
  },
  invariants: [
    always('oneTickAtOnce', ({ subject: { exports } }) => exports <= 1 || `${exports} exports are under way at once`),
    sometimes('askedDuringExport', ({ history }) => history.facts.length > 0),
  ],
});

export default [closed, asked];
