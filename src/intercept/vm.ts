import vm from 'node:vm';
import { world } from './current.ts';
import { replace } from './replace.ts';
import { simulatedDate } from './time.ts';

/** A new context has intrinsics of its own: its clock and its randomness are routed like the main ones. */
function route(context: vm.Context): void {
  const intrinsics = vm.runInContext('({ Date, Math })', context) as { Date: DateConstructor; Math: Math };
  replace(context, 'Date', simulatedDate(intrinsics.Date));
  const random = intrinsics.Math.random.bind(intrinsics.Math);
  replace(intrinsics.Math, 'random', () => (world === null ? random() : world.randomness.random()));
}

/** Routes Date and Math.random inside contexts made by `node:vm`. */
export function interceptVm(): void {
  const create = vm.createContext.bind(vm);
  const createContext = ((...args: Parameters<typeof vm.createContext>): vm.Context => {
    const known = args[0] !== undefined && typeof args[0] === 'object' && vm.isContext(args[0]);
    const context = create(...args);
    if (!known) route(context);
    return context;
  }) as typeof vm.createContext;
  replace(vm, 'createContext', createContext);
  replace(
    vm,
    'runInNewContext',
    (code: string, context?: vm.Context, options?: vm.RunningCodeOptions | string) =>
      vm.runInContext(code, createContext(context), options) as unknown,
  );
  replace(
    vm.Script.prototype,
    'runInNewContext',
    function (this: vm.Script, context?: vm.Context, options?: vm.RunningCodeOptions) {
      return this.runInContext(createContext(context), options) as unknown;
    },
  );
}
