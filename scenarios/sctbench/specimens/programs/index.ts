import type { Program } from '../machine.ts';
import { account } from './account.ts';
import { bluetoothDriver } from './bluetooth-driver.ts';
import { carter01 } from './carter01.ts';
import { circularBuffer } from './circular-buffer.ts';
import { deadlock01 } from './deadlock01.ts';
import { lazy01 } from './lazy01.ts';
import { phase01 } from './phase01.ts';
import { queue } from './queue.ts';
import { reorder } from './reorder.ts';
import { stack } from './stack.ts';
import { sync01 } from './sync01.ts';
import { sync02 } from './sync02.ts';
import { tokenRing } from './token-ring.ts';
import { twostage } from './twostage.ts';
import { wronglock } from './wronglock.ts';

/** SCTBench's CS programs, in all sizes. */
export const programs: readonly Program[] = [
  account,
  bluetoothDriver,
  carter01,
  circularBuffer,
  deadlock01,
  lazy01,
  phase01,
  queue,
  ...reorder,
  stack,
  sync01,
  sync02,
  tokenRing,
  ...twostage,
  ...wronglock,
];
