// Says whether a PostgreSQL can be had here, and why not. Exit code 0 if so, else 1.
//
//   npm run build && node tools/postgres.mjs

import { provide, release } from '../dist/devices/postgres/provider.js';

const provision = await provide(process.env);
await release();
process.stdout.write(
  provision.ok ? 'PostgreSQL: there\n' : `PostgreSQL: left out, for there is none (${provision.reason})\n`,
);
process.exitCode = provision.ok ? 0 : 1;
