import { isObject } from './shareable.ts';
import { SharedObject, structureOf, type SharedWorld } from './shared-object.ts';

/** An array that tells of each read and write: elements are properties, and so is the length. */
export class SharedArray extends SharedObject<unknown[]> {
  constructor(shared: SharedWorld, raw: unknown[], name: string) {
    super(shared, raw, name, 'array');
  }

  protected override inheritedMember(key: string | symbol, receiver: unknown): unknown {
    return SEARCHES.get(key) ?? super.inheritedMember(key, receiver);
  }

  protected override touchChange(key: PropertyKey, value: unknown): void {
    if (!this.listened) return;
    super.touchChange(key, value);
    const { raw } = this;
    if (key === 'length') {
      // The elements behind the new end go.
      const gone = Reflect.ownKeys(raw).filter((each) => isIndex(each) && Number(each) >= Number(value));
      for (const each of gone) this.touchProperty(each, true);
      if (gone.length > 0) this.touchWhole(true);
    } else if (isIndex(key) && Number(key) >= raw.length) {
      this.touchProperty('length', true);
    }
  }
}

function isIndex(key: PropertyKey): boolean {
  return typeof key === 'string' && String(Number(key) >>> 0) === key;
}

/** The methods that compare: what is looked for may be given as itself or as its view. */
const SEARCHES: ReadonlyMap<PropertyKey, unknown> = new Map(
  (['includes', 'indexOf', 'lastIndexOf'] as const).map((name) => [
    name,
    function search(this: unknown, ...[sought, ...rest]: unknown[]): unknown {
      const view = isObject(sought) ? structureOf(this)?.shared.viewOf(sought) : undefined;
      return Reflect.apply(Reflect.get(Array.prototype, name), this, [view ?? sought, ...rest]);
    },
  ]),
);
