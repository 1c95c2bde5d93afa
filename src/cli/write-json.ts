import writeFileAtomic from 'write-file-atomic';

/** Writes a document for programs: to a file, whole or not at all, or to standard output for `-`. */
export async function writeJson(target: string, document: unknown): Promise<void> {
  const text = `${JSON.stringify(document, null, 2)}\n`;
  if (target !== '-') {
    await writeFileAtomic(target, text);
    return;
  }
  await new Promise<void>((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (error === undefined || error === null) resolve();
      else reject(error);
    });
  });
}
