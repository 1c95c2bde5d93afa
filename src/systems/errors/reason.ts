/** One line about anything that was thrown. Never throws itself. */
export function reasonOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  } catch {
    // A thrown value may be an object that cannot be made text.
    return 'a value without a description';
  }
}
