// The embedded server, once a test file. Where there is none the tests fail with the reason: it comes with npm.
import { afterAll, beforeAll } from 'vitest';
import { provide, release, type Provided } from '../../../src/devices/postgres/provider.ts';

/** Whether somebody has asked for no server: then there is nothing to be tested with it. */
export const isOff = process.env['HEDDLE_POSTGRES'] === 'off';

/** Where the server is, once the tests run. */
export function realServer(): { readonly address: Provided } {
  const held: { address: Provided | null } = { address: null };
  beforeAll(async () => {
    if (isOff) return;
    const provision = await provide(process.env);
    if (!provision.ok) throw new Error(`no PostgreSQL to test with: ${provision.reason}`);
    held.address = provision.value;
  });
  afterAll(release);
  return {
    get address() {
      if (held.address === null) throw new Error('the server is not there');
      return held.address;
    },
  };
}
