import { describe, expect, it } from 'vitest';
import { createProject, untimed } from './project.ts';

const project = createProject().copy('project').copy('ordered');

describe('a seed', () => {
  it('gives the same document with 1, 2 and 3 workers, apart from times', async () => {
    const [one, two, three] = await Promise.all(
      ['1', '2', '3'].map((workers) =>
        project.run('--seed', '11', '--runs', '400', '--workers', workers, '--out', `by-${workers}`),
      ),
    );
    const same = ({ document }: typeof one & object): unknown =>
      JSON.parse(JSON.stringify(untimed(document)).replace(/"by-\d/g, '"by-n'));
    expect(one!.code).toBe(0);
    expect(one!.document.results.map(({ runs }) => runs)).toContain(400);
    expect(same(two!)).toEqual(same(one!));
    expect(same(three!)).toEqual(same(one!));
    for (const { file, token } of one!.document.results.flatMap(({ counterexample }) => counterexample ?? [])) {
      const written = JSON.parse(project.read(file.replace('by-1', 'by-3'))) as { token: string };
      expect(written.token).toBe(token);
    }
  });

  it('gives other runs than another seed', async () => {
    const [seven, eight] = await Promise.all(
      ['7', '8'].map((seed) => project.run('--seed', seed, '--runs', '30', '--subject', 'atomic')),
    );
    const hashes = [seven!, eight!].map(({ document }) => document.results[0]!.traceHash);
    expect(hashes[0]).not.toBe(hashes[1]);
  });

  it('that nobody chose is printed, and reproduces', async () => {
    const { document, stderr } = await project.run('counter', '--runs', '30');
    expect(stderr).toContain(`seed ${document.seed}\n`);
    const again = await project.run('counter', '--runs', '30', '--seed', document.seed);
    expect(untimed(again.document)).toEqual(untimed(document));
  });
});
