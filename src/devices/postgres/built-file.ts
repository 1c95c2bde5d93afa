/** Where a file of this folder is that is started or imported by its URL: relative to this folder, as it is built. */
export function builtFile(name: string): string {
  return import.meta.url.endsWith('.ts') ? `../../../dist/devices/postgres/${name}` : `./${name}`;
}
