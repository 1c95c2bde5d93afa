import { createLogUpdate } from 'log-update';
import picocolors from 'picocolors';
import type { Colors } from 'picocolors/types.js';

/** Where the command writes: people's output on one stream, so that `--json -` keeps stdout clean. */
export interface Terminal {
  readonly colors: Colors;
  readonly width: number;
  readonly isTty: boolean;
  /** A line that stays. */
  line(text: string): void;
  /** A line that is rewritten in place; on a pipe nothing is rewritten. */
  status(text: string): void;
  /** Takes the status line away. */
  clear(): void;
}

export function createTerminal(stream: NodeJS.WriteStream): Terminal {
  // On a pipe `isTTY` is undefined at run time, whatever its type says, and `createColors(undefined)` would fall back to
  // picocolors' own guess, which colours any output where CI is set.
  const isTty = (stream as { readonly isTTY?: boolean }).isTTY ?? false;
  const update = createLogUpdate(stream);
  const colors = picocolors.createColors(picocolors.isColorSupported && (isTty || Boolean(process.env.FORCE_COLOR)));
  const clear = (): void => {
    if (isTty) update.clear();
  };
  return {
    colors,
    width: isTty ? stream.columns : 160,
    isTty,
    line: (text) => {
      clear();
      stream.write(`${text}\n`);
    },
    status: (text) => {
      if (isTty) update(text);
    },
    clear,
  };
}
