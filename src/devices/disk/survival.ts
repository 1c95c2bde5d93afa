import type { Directory, PendingEntry } from './directory.ts';
import type { PendingChange } from './disk-file.ts';

/** What a disk writes in one piece, in bytes. */
export const SECTOR = 512;

/**
 * What a loss of power does to the changes that no sync has made durable. With `some unsynced lost` each is kept unless
 * chosen otherwise, with `some unsynced kept` each is lost unless chosen otherwise; either way a write may be torn at a
 * border between sectors.
 */
export const LOSSES = ['unsynced lost', 'unsynced kept', 'some unsynced lost', 'some unsynced kept'] as const;
export type Loss = (typeof LOSSES)[number];

/** Makes the choices: 0 for what the mode says, otherwise 1 + the index of the option; and numbers below `n`. */
export interface SurvivalChoices {
  choose(place: string, options: readonly string[]): number;
  below(n: number): number;
}

/** The files, by name, that a loss of power leaves. */
export function survivors(directory: Directory, loss: Loss, choices: SurvivalChoices): Map<string, Uint8Array> {
  const keeps = loss === 'unsynced kept' || loss === 'some unsynced lost';
  const chooses = loss === 'some unsynced lost' || loss === 'some unsynced kept';

  function entrySurvives({ name, file }: PendingEntry): boolean {
    if (!chooses) return keeps;
    const place = `${file === null ? 'delete' : 'create'} ${name}`;
    const other = choices.choose(place, [keeps ? 'lost' : 'kept']) > 0;
    return keeps !== other;
  }

  function changeSurvives(name: string, change: PendingChange): PendingChange | null {
    if (!chooses) return keeps ? change : null;
    const torn = change.kind === 'write' && sectorsOf(change) > 1;
    const place = change.kind === 'write' ? `write ${name} @${String(change.offset)}` : `truncate ${name}`;
    const pick = choices.choose(place, [keeps ? 'lost' : 'kept', ...(torn ? ['torn'] : [])]);
    if (pick === 2 && change.kind === 'write') return tear(change, choices);
    return keeps === (pick === 0) ? change : null;
  }

  const images = new Map<string, Uint8Array>();
  for (const [name, file] of directory.survivors(entrySurvives)) {
    images.set(
      name,
      file.survivor((change) => changeSurvives(name, change)),
    );
  }
  return images;
}

function sectorsOf({ offset, bytes }: { readonly offset: number; readonly bytes: Uint8Array }): number {
  return Math.ceil((offset + bytes.length) / SECTOR) - Math.floor(offset / SECTOR);
}

/** Keeps the first or the last sectors of a write. */
function tear(change: PendingChange & { kind: 'write' }, choices: SurvivalChoices): PendingChange {
  const { offset, bytes } = change;
  const cut = (Math.floor(offset / SECTOR) + 1 + choices.below(sectorsOf(change) - 1)) * SECTOR - offset;
  return choices.below(2) === 0
    ? { kind: 'write', offset, bytes: bytes.subarray(0, cut) }
    : { kind: 'write', offset: offset + cut, bytes: bytes.subarray(cut) };
}
