import { syncBuiltinESMExports } from 'node:module';
import { interceptAbortTimeout } from './abort.ts';
import { interceptAsyncLocalStorage } from './contexts.ts';
import { interceptFetch } from './fetch.ts';
import { interceptMessaging } from './messaging.ts';
import { interceptProcess } from './process.ts';
import { interceptRandomness } from './random.ts';
import { interceptTime } from './time.ts';
import { installedTimers, interceptTimers } from './timers.ts';
import { interceptTimersPromises } from './timers-promises.ts';
import { interceptVm } from './vm.ts';
import { interceptWeakReferences } from './weak.ts';
import { HeddleError } from '../kernel/errors.ts';

let installed = false;

/**
 * Puts the dispatchers in place, once per thread. To be called before the code under test is loaded, so that what
 * it captures at import time is routed; outside a run every dispatcher passes on to Node.
 */
export function install(): void {
  if (installed) return;
  installed = true;
  // Node 20 makes a real MessageChannel at the first call; later ones make nothing.
  structuredClone(0);
  interceptTimersPromises();
  interceptTimers();
  interceptTime();
  interceptRandomness();
  interceptAbortTimeout();
  interceptMessaging();
  interceptWeakReferences();
  interceptProcess();
  interceptFetch();
  interceptVm();
  interceptAsyncLocalStorage();
  syncBuiltinESMExports();
}

/** Says so when something, fake timers for instance, has replaced a dispatcher. */
export function assertInstalled(): void {
  for (const [name, dispatcher] of Object.entries(installedTimers)) {
    if (Reflect.get(globalThis, name) === dispatcher) continue;
    throw new HeddleError({
      code: installed ? 'DISPATCHER_REPLACED' : 'NOT_INSTALLED',
      expected: `globalThis.${name} to be heddle's dispatcher`,
      received: installed ? 'a replacement, perhaps by fake timers' : 'no installation',
      next: installed ? 'Restore real timers before the run.' : 'Call install() before the code under test is loaded.',
    });
  }
}
