import type { Fact } from './history.ts';
import type { Invariant } from './invariant.ts';

export interface NoPartialMigrationOptions {
  /**
   * What the schema consists of in each version that there may be: any texts that name its parts, for example the `sql` of
   * each table, index and trigger, and rows that a migration fills in. Their order is no matter.
   */
  readonly versions: Readonly<Record<number, readonly string[]>>;
  /** The fact that the scenario tells when it has looked at the schema; its data is a {@link SchemaSeen}. Default `schema`. */
  readonly fact?: string;
}

/** What the scenario saw of the schema, as data of a fact. */
export interface SchemaSeen {
  /** The parts that are there. */
  readonly schema: readonly string[];
  /** The version that the database says it has; null if it says none. */
  readonly version: unknown;
}

/**
 * Whenever the scenario looks, the schema is of one version in full, never between two, and the version that the
 * database names is that one. The scenario looks after a failure, after a crash and a restart, and at the end: it tells
 * what it sees as a fact.
 */
export function noPartialMigration(options: NoPartialMigrationOptions): Invariant {
  const { fact: name = 'schema' } = options;
  const versions = Object.entries(options.versions).map(([version, parts]) => ({
    version: Number(version),
    parts: [...parts].sort(),
  }));

  return {
    name: 'noPartialMigration',
    watch: () => {
      let looks = 0;
      return {
        told: (fact) => {
          if (fact.kind !== name) return undefined;
          looks += 1;
          return judge(fact);
        },
        exercised: () => looks > 0,
      };
    },
  };

  function judge(fact: Fact): string | undefined {
    const { schema, version } = fact.data as SchemaSeen;
    const seen = [...schema].sort();
    const matching = versions.filter(({ parts }) => same(parts, seen));
    if (matching.length === 0) return between(seen);
    if (matching.some((each) => each.version === version)) return undefined;
    const is = matching.map((each) => String(each.version)).join(' or ');
    return `the schema is of version ${is}, the version row says ${JSON.stringify(version)}`;
  }

  /** Compares with the version that is nearest. */
  function between(seen: readonly string[]): string {
    const distances = versions.map(({ version, parts }) => {
      const missing = parts.filter((part) => !seen.includes(part));
      const extra = seen.filter((part) => !parts.includes(part));
      return { version, missing, extra, size: missing.length + extra.length };
    });
    const { version, missing, extra } = distances.reduce((a, b) => (b.size < a.size ? b : a));
    const differences = [
      ...(missing.length === 0 ? [] : [`without ${missing.map(brief).join(', ')}`]),
      ...(extra.length === 0 ? [] : [`with ${extra.map(brief).join(', ')}`]),
    ];
    const how = differences.length === 0 ? 'with parts another number of times' : differences.join(' and ');
    return `the schema is of no version: version ${String(version)} ${how}`;
  }
}

/** Characters of a part that a message shows. */
const LONGEST_PART = 60;

function brief(part: string): string {
  const line = part.replace(/\s+/g, ' ');
  return line.length <= LONGEST_PART ? line : `${line.slice(0, LONGEST_PART - 1)}…`;
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((part, i) => part === b[i]);
}
