import { describe, expect, it } from 'vitest';
import { createProject, type Output } from './project.ts';

const project = createProject().copy('project');

/** Bad input ends in one sentence that says what was expected, what came and what to do, and with code 2. */
function expectRefusal({ code, stdout, stderr }: Output, ...words: (string | RegExp)[]): void {
  expect(stderr).toMatch(/^heddle: expected .+, received .+\. .+\.\n$/);
  for (const word of words) expect(stderr).toMatch(word);
  expect(stdout).toBe('');
  expect(code).toBe(2);
}

describe.concurrent('what run refuses', () => {
  it.each([
    ['--runs', '0', 'a whole number of at least 1 for --runs'],
    ['--runs', '-1', 'a whole number of at least 1 for --runs'],
    ['--runs', 'many', 'a whole number of at least 1 for --runs'],
    ['--runs', '1.5', 'a whole number of at least 1 for --runs'],
    ['--workers', '0', 'a whole number of at least 1 for --workers'],
    ['--time', '30', 'a time such as 30s'],
    ['--time', '0s', 'a time such as 30s'],
    ['--strategy', 'guess', 'a strategy named random'],
  ])('%s %s', async (option, value, expected) => {
    expectRefusal(await project.heddle('run', option, value), expected, JSON.stringify(value));
  });

  it('both --runs and --time', async () => {
    expectRefusal(await project.heddle('run', '--runs', '5', '--time', '1s'), /either --runs or --time/);
  });

  it('a scenario that is not there: names some that are', async () => {
    expectRefusal(
      await project.heddle('run', 'counter/no-such-thing'),
      '"counter/no-such-thing"',
      /heddle list/,
      /counter\/no-lost-update/,
    );
  });

  it('a pattern that matches nothing', async () => {
    expectRefusal(await project.heddle('run', 'nothing*'), '"nothing*"', /a pattern that matches a scenario/);
  });

  it('one pattern that matches nothing among others that do', async () => {
    expectRefusal(await project.heddle('run', 'counter*', 'nothing*'), /received "nothing\*"/);
  });

  it('a subject that is not there', async () => {
    expectRefusal(await project.heddle('run', '--subject', 'ghost'), /atomic, racy, till/, '"ghost"');
  });

  it('a folder for reports where a file is in the way', async () => {
    project.write('taken', 'a file\n');
    expectRefusal(await project.heddle('run', '--out', 'taken'), '"taken"', /--out/);
    expectRefusal(await project.heddle('run', '--out', 'taken/inside'), '"taken/inside"', /--out/);
    expect(project.read('taken')).toBe('a file\n');
  });

  it('a folder for reports that nobody can write to', async () => {
    expectRefusal(await project.heddle('run', '--out', '/proc/x'), '"/proc/x"', /a folder that can be written to/);
  });

  it('a file for the document that nobody can write, before anything is run', async () => {
    project.write('in-the-way', '').write('folder/a', '');
    expectRefusal(await project.heddle('run', '--json', 'in-the-way/x.json'), '"in-the-way/x.json"', /--json/);
    expectRefusal(await project.heddle('run', '--json', 'folder'), '"folder"', /--json/);
  });

  it('an option that is not known', async () => {
    const { code, stderr } = await project.heddle('run', '--sed', '7');
    expect(stderr).toMatch(/unknown option '--sed'[\s\S]*--seed/);
    expect(code).toBe(2);
  });
});

describe.concurrent('a folder without scenarios', () => {
  const empty = createProject();

  it.each([['run'], ['list'], ['replay', 'a/b@c', '--seed', '1', '--run', '0']])(
    'is refused by %s',
    async (...args) => {
      expectRefusal(await empty.heddle(...args), /scenario files in scenarios\//, empty.folder);
    },
  );
});

describe.concurrent('what replay refuses', () => {
  it('a subject without seed and run', async () => {
    expectRefusal(await project.heddle('replay', 'counter/no-lost-update@racy'), /--seed and --run/);
  });

  it.each(['-1', 'x', '1.5', ''])('the run %j', async (run) => {
    expectRefusal(await project.heddle('replay', 'a@b', '--seed', '1', '--run', run), /a run index/);
  });

  it('a file that is not there', async () => {
    expectRefusal(await project.heddle('replay', 'reports/none.json'), 'reports/none.json');
  });

  it('a file that is cut off', async () => {
    project.write('cut.json', '{ "heddle": "0.1.0", "format": 1, "campa');
    expectRefusal(await project.heddle('replay', 'cut.json'), /a file that is not whole/);
  });

  it('a JSON file of someone else', async () => {
    expectRefusal(await project.heddle('replay', 'package.json'), /some other JSON document/);
  });

  it('a counterexample of another format', async () => {
    project.write('new.json', JSON.stringify({ heddle: '9.0.0', format: 9, campaign: {} }));
    expectRefusal(await project.heddle('replay', 'new.json'), /format 9 of heddle 9\.0\.0/);
  });

  it('a scenario that is not here', async () => {
    expectRefusal(
      await project.heddle('replay', 'far/away@x', '--seed', '1', '--run', '0'),
      'no scenario of that name',
    );
  });

  it('a subject that the scenario does not have', async () => {
    const target = 'counter/no-lost-update@ghost';
    expectRefusal(await project.heddle('replay', target, '--seed', '1', '--run', '0'), /subjects atomic, racy/);
  });
});

describe.concurrent('what shrink refuses', () => {
  it('a file that is not there', async () => {
    expectRefusal(await project.heddle('shrink', 'none.json'), 'none.json');
  });
});

it('a command that is not known is refused', async () => {
  const { code, stderr } = await project.heddle('rum');
  expect(stderr).toMatch(/unknown command 'rum'/);
  expect(code).toBe(2);
});
