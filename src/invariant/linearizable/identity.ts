/** Numbers objects of which nobody can tell from outside whether they are alike. */
const numbers = new WeakMap<object, number>();
let numbered = 0;

/**
 * A text that is the same for two values only if they are alike: primitives by value, arrays, plain objects, Maps, Sets
 * and Dates by what is in them, all else by identity. Values that are alike may have different texts (Maps that were
 * filled in another order): that costs the search time, never its soundness.
 */
export function identityOf(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  return typeof value === 'object' && value !== null ? ofObject(value, []) : ofOther(value);
}

function ofOther(value: unknown): string {
  switch (typeof value) {
    case 'bigint':
      return `${String(value)}n`;
    case 'symbol':
      return `Symbol ${String(symbolNumber(value))}`;
    case 'function':
      return numberOf(value);
    default:
      return String(value);
  }
}

const symbols: symbol[] = [];

function symbolNumber(symbol: symbol): number {
  const index = symbols.indexOf(symbol);
  return index >= 0 ? index : symbols.push(symbol) - 1;
}

function numberOf(object: object): string {
  let number = numbers.get(object);
  if (number === undefined) {
    number = numbered;
    numbered += 1;
    numbers.set(object, number);
  }
  return `#${String(number)}`;
}

function inside(value: unknown, within: readonly object[]): string {
  return typeof value === 'object' && value !== null ? ofObject(value, within) : identityOf(value);
}

function ofObject(object: object, within: readonly object[]): string {
  const depth = within.indexOf(object);
  if (depth >= 0) return `^${String(depth)}`;
  const path = [...within, object];
  const all = (values: Iterable<unknown>): string => Array.from(values, (each) => inside(each, path)).join();
  switch (Object.getPrototypeOf(object)) {
    case Array.prototype:
      return `[${all(object as unknown[])}]`;
    case Map.prototype:
      return `Map{${all((object as Map<unknown, unknown>).keys())};${all((object as Map<unknown, unknown>).values())}}`;
    case Set.prototype:
      return `Set{${all(object as Set<unknown>)}}`;
    case Date.prototype:
      return `Date ${String((object as Date).getTime())}`;
    case Object.prototype:
    case null: {
      const fields = Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1));
      return `{${fields.map(([name, value]) => `${JSON.stringify(name)}:${inside(value, path)}`).join()}}`;
    }
    default:
      return numberOf(object);
  }
}
