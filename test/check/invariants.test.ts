import { afterBody, always, atRest, eventually, sometimes } from 'heddle';
import { describe, expect, it } from 'vitest';
import { hunted, verdictOf } from '../fixtures/runs.ts';
import { small } from '../fixtures/small.ts';

const holds = { kind: 'holds' };

interface Light {
  on: boolean;
}

const light = (): Light => ({ on: false });

/** Is on for one turn, between two completions of which either may come first. */
const flash = small<Light>({
  subject: light,
  body: async (sim, subject) => {
    await sim.io('on');
    subject.on = true;
    await sim.io('off');
    subject.on = false;
  },
  shutdown: () => undefined,
});

const withInvariant = (hunting: typeof flash, invariant: object): typeof flash => ({
  ...hunting,
  scenario: { ...hunting.scenario, invariants: [invariant] as never },
});

describe('always', () => {
  it('looks after every turn', async () => {
    const dark = always<Light>('dark', ({ subject }) => !subject.on);
    expect(await verdictOf(withInvariant(flash, dark))).toEqual({
      kind: 'violation',
      invariant: 'dark',
      message: 'dark does not hold',
    });
  });

  it('says what its check says, and lets true and undefined pass', async () => {
    const told = always<Light>('dark', (run) => (run.subject.on ? `lit at ${run.now() < 0}` : undefined));
    expect(await verdictOf(withInvariant(flash, told))).toMatchObject({ message: 'lit at false' });
    expect(
      await verdictOf(
        withInvariant(
          flash,
          always('fine', () => true),
        ),
      ),
    ).toEqual(holds);
  });

  it('that throws is at fault itself, and says so', async () => {
    const broken = always('broken', () => {
      throw new Error('bad check');
    });
    expect(await verdictOf(withInvariant(flash, broken))).toEqual({
      kind: 'error',
      invariant: 'broken',
      message: 'the invariant itself threw Error: bad check',
    });
  });
});

describe('checks at the end', () => {
  const rises = small<Light>({
    subject: light,
    body: (sim) => sim.io('work'),
    shutdown: (subject) => {
      subject.on = true;
    },
  });

  it('atRest looks after the shutdown', async () => {
    expect(
      await verdictOf(
        withInvariant(
          rises,
          atRest<Light>('lit', ({ subject }) => subject.on),
        ),
      ),
    ).toEqual(holds);
    expect(
      await verdictOf(
        withInvariant(
          rises,
          atRest<Light>('dark', ({ subject }) => !subject.on),
        ),
      ),
    ).toMatchObject({
      kind: 'violation',
      invariant: 'dark',
    });
  });

  it('afterBody looks before it', async () => {
    expect(
      await verdictOf(
        withInvariant(
          rises,
          afterBody<Light>('dark', ({ subject }) => !subject.on),
        ),
      ),
    ).toEqual(holds);
    expect(
      await verdictOf(
        withInvariant(
          rises,
          afterBody<Light>('lit', ({ subject }) => subject.on),
        ),
      ),
    ).toMatchObject({
      kind: 'violation',
      invariant: 'lit',
    });
  });
});

describe('eventually', () => {
  const after = (ms: number): typeof flash =>
    small<Light>({
      subject: light,
      body: (_sim, subject) => {
        setTimeout(() => (subject.on = true), ms);
      },
    });
  const lit = eventually<Light>('lit', 1000, ({ subject }) => subject.on);

  it('takes a sentence for what is wrong, not for yes', async () => {
    const never = eventually<Light>('never', 1000, () => 'it is dark');
    expect(await verdictOf(withInvariant(flash, never))).toMatchObject({ kind: 'violation', invariant: 'never' });
  });

  it('is content when a hook of a scenario without types answers true', async () => {
    const content = { name: 'content', watch: () => ({ afterTurn: () => true, atRest: () => true }) };
    expect(await verdictOf(withInvariant(flash, content))).toEqual(holds);
  });

  it('is given its virtual time after the body', async () => {
    expect(await verdictOf(withInvariant(after(990), lit))).toEqual(holds);
  });

  it('fails when the time is over, or when nothing is left that could make it true', async () => {
    const failed = { kind: 'violation', invariant: 'lit' };
    const message = 'lit did not come true within 1000 virtual ms';
    expect(await verdictOf(withInvariant(after(1200), lit))).toEqual({
      ...failed,
      message: expect.stringMatching(`^${message}; it did 20[0-2](\\.\\d+)? ms later$`) as string,
    });
    expect(await verdictOf(withInvariant(small<Light>({ subject: light, body: () => undefined }), lit))).toEqual({
      ...failed,
      message: `${message}, and nothing is pending any more`,
    });
  });

  it('holds of what is true already, and need not stay', async () => {
    expect(
      await verdictOf(
        withInvariant(
          flash,
          eventually('true', 1, () => true),
        ),
      ),
    ).toEqual(holds);
  });

  it('is given its time without faults', async () => {
    let starts = 0;
    const crashing = small<Light>({
      subject: light,
      body: (sim, subject) => {
        const worker = sim.process('worker', { crashes: 1_000, restartAfter: [1, 1] });
        worker.start(() => {
          starts += 1;
          setTimeout(() => (subject.on = true), 900);
        });
      },
    });
    expect(await verdictOf({ ...withInvariant(crashing, lit), runs: 200 })).toEqual(holds);
    expect(starts).toBe(200);
  });
});

describe('sometimes', () => {
  const named = (invariant: object): typeof flash => withInvariant(flash, invariant);

  it('is reached in a run in which it was true after one turn', async () => {
    const { reached, failure } = await hunted(named(sometimes<Light>('lit', ({ subject }) => subject.on)));
    expect([...reached]).toEqual(['lit']);
    expect(failure).toBeNull();
  });

  it('is not reached where it never is', async () => {
    const { reached } = await hunted(named(sometimes<Light>('dim', () => false)));
    expect([...reached]).toEqual([]);
  });
});
