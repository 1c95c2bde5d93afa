import { readFileSync } from 'node:fs';

/** Whom a server runs as. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
}

const PREFERRED = ['postgres', 'nobody'];
const FIRST_ORDINARY_UID = 1000;

/**
 * PostgreSQL refuses to run as root, and its set-up wants a user that has a name. Undefined when we are not root and
 * need none; null when we are and there is none.
 */
export function serverUser(passwd: string = accounts()): ServerUser | undefined | null {
  if (process.getuid?.() !== 0) return undefined;
  const users = passwd.split('\n').flatMap((line) => {
    const [name = '', , uid, gid] = line.split(':');
    return name === '' || name.startsWith('#') ? [] : [{ name, uid: Number(uid), gid: Number(gid) }];
  });
  const ordinary = users.filter(({ uid, gid }) => uid > 0 && gid > 0);
  for (const name of PREFERRED) {
    const user = ordinary.find((each) => each.name === name);
    if (user !== undefined) return user;
  }
  return ordinary.find(({ uid }) => uid >= FIRST_ORDINARY_UID) ?? null;
}

function accounts(): string {
  try {
    return readFileSync('/etc/passwd', 'utf8');
  } catch {
    return '';
  }
}
