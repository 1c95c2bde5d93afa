import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    // In-process tests must share one copy of the harness: what scenarios import as a package is the source.
    alias: [
      { find: /^heddle$/, replacement: source('src/index.ts') },
      { find: /^heddle\/systems$/, replacement: source('src/systems/index.ts') },
      { find: /^heddle\/postgres$/, replacement: source('src/devices/postgres/index.ts') },
      { find: /^heddle\/sqlite$/, replacement: source('src/devices/sqlite/index.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/setup.ts'],
    pool: 'forks',
    reporters: ['default', './test/tally.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
