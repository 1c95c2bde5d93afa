import fc, { type Arbitrary } from 'fast-check';
import type { World } from '../../src/kernel/world.ts';

/** What a generated program does; `then` is what the callback does. */
export type Action =
  | { readonly kind: 'timeout' | 'clear' | 'sleep'; readonly ms: number; readonly then: readonly Action[] }
  | { readonly kind: 'interval'; readonly ms: number; readonly times: number; readonly then: readonly Action[] }
  | { readonly kind: 'immediate' | 'nextTick' | 'microtask'; readonly then: readonly Action[] }
  | { readonly kind: 'io'; readonly min: number; readonly room: number; readonly then: readonly Action[] }
  | { readonly kind: 'random'; readonly then: readonly Action[] };

const { actions } = fc.letrec<{ actions: Action[]; action: Action }>((tie) => {
  const then = tie('actions');
  const ms = fc.integer({ min: 0, max: 12 });
  return {
    actions: fc.array(tie('action'), { maxLength: 4, depthIdentifier: 'actions' }),
    action: fc.oneof(
      { withCrossShrink: true, maxDepth: 3, depthIdentifier: 'actions' },
      fc.record({ kind: fc.constant('immediate' as const), then: fc.constant([]) }),
      fc.record({ kind: fc.constantFrom('timeout' as const, 'clear' as const, 'sleep' as const), ms, then }),
      fc.record({ kind: fc.constant('interval' as const), ms, times: fc.integer({ min: 1, max: 3 }), then }),
      fc.record({ kind: fc.constantFrom('immediate' as const, 'nextTick' as const, 'microtask' as const), then }),
      fc.record({ kind: fc.constant('io' as const), min: ms, room: ms, then }),
      fc.record({ kind: fc.constant('random' as const), then }),
    ),
  };
});

/** Programs that queue work of every kind, three levels deep. */
export const arbitraryProgram: Arbitrary<readonly Action[]> = actions;

/** Does what the program says, in the world that is under way. */
export function perform(world: World, program: readonly Action[]): void {
  for (const action of program) {
    const then = (): void => {
      perform(world, action.then);
    };
    switch (action.kind) {
      case 'timeout':
        setTimeout(then, action.ms);
        break;
      case 'clear': {
        const timer = setTimeout(then, action.ms);
        setTimeout(() => {
          clearTimeout(timer);
        }, action.ms + 1);
        break;
      }
      case 'sleep':
        void (async () => {
          await new Promise((resolve) => setTimeout(resolve, action.ms));
          then();
        })();
        break;
      case 'interval': {
        let left = action.times;
        const timer = setInterval(() => {
          left -= 1;
          if (left === 0) clearInterval(timer);
          then();
        }, action.ms);
        break;
      }
      case 'immediate':
        setImmediate(then);
        break;
      case 'nextTick':
        process.nextTick(then);
        break;
      case 'microtask':
        queueMicrotask(then);
        break;
      case 'io':
        world.complete('io', action.min, action.min + action.room, then);
        break;
      case 'random':
        setTimeout(then, Math.random() * 10);
    }
  }
}
