import { afterBody, always, sometimes, type Invariant } from 'heddle';
import { KILL_GRACE, type Pool } from './adapter.ts';

/** Each start of a task has one outcome: never a second, and none is missing when all is over. */
export const oneOutcome: Invariant<Pool> = {
  name: 'oneOutcome',
  watch: ({ subject: { outcomes, starts } }) => {
    const wrong = (isWrong: (told: number, started: number) => boolean): string | undefined => {
      for (const [id, count] of starts) {
        const told = outcomes.filter((outcome) => outcome.id === id).map(({ status }) => status);
        if (isWrong(told.length, count))
          return `${id} was started ${count} times, and ended ${told.length}: ${told.join(', ')}`;
      }
      return undefined;
    };
    return {
      afterTurn: () => wrong((told, started) => told > started),
      afterBody: () => wrong((told, started) => told !== started),
    };
  },
};

/** The pool's count is the number of its processes: those that have ended unnoticed count as well. */
export const countedWorkersAreLive: Invariant<Pool> = always('countedWorkersAreLive', ({ subject }) => {
  const live = subject.children.all.filter(({ state }) => state !== 'reaped').length;
  return subject.counted === live || `${subject.counted} workers are counted, ${live} live`;
});

export const neverMoreThanMaximum: Invariant<Pool> = always('neverMoreThanMaximum', ({ subject }) => {
  const running = subject.children.running.length;
  return running <= subject.maxWorkers || `${running} workers run at once, ${subject.maxWorkers} may`;
});

/** A signal reaches the process that it is meant for: one of a task that is overdue or was to be killed. */
export const noKillAfterCompletion: Invariant<Pool> = {
  name: 'noKillAfterCompletion',
  watch: ({ subject }) => {
    let seen = 0;
    return {
      afterTurn: () => {
        const { signals, all } = subject.children;
        for (const { signal, to, pid, number, at } of signals.slice(seen)) {
          if (to === 'nobody' || to === 'own group') return `${signal} was sent to ${pid} at ${at} ms, which was ${to}`;
          const child = all.find((each) => each.number === number)!;
          const task = subject.tasks.get(child.args[0]!)!;
          const overdue = at - child.startedAt >= (task.timeout ?? Infinity) - 1;
          if (!overdue && !subject.killed.has(task.id)) return `${signal} was sent to ${task.id}, which is in time`;
        }
        seen = signals.length;
        return undefined;
      },
    };
  },
};

/** No signal is sent to a process that is gone, or, by way of a child that was never there, to the own group. */
export const noKillToNobody: Invariant<Pool> = always('noKillToNobody', ({ subject: { children } }) => {
  const wrong = children.signals.find(({ to }) => to === 'nobody' || to === 'own group');
  return wrong === undefined || `${wrong.signal} was sent to ${wrong.pid}: ${wrong.to}`;
});

/** When all is over no process runs, and no pipe of one is open. */
export const nothingIsLeft: Invariant<Pool> = afterBody('nothingIsLeft', ({ subject: { children } }) => {
  const left = children.all.filter(({ closed }) => !closed);
  return left.length === 0 || left.map(({ number, state }) => `child ${number} is ${state}`).join(', ');
});

/** A process had ended when its time-out struck, and nobody knew. */
export const exitRacedWithTimeout: Invariant<Pool> = sometimes('exitRacedWithTimeout', ({ subject }) =>
  subject.children.signals.some(({ to }) => to === 'zombie'),
);

export const ended = (status: string): Invariant<Pool> =>
  sometimes(
    status.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()),
    ({ subject }) => subject.outcomes.some((outcome) => outcome.status === status),
  );

/** The pipes of a process that is gone are closed within so many virtual ms. */
export const noOrphanPipe = (withinMs: number): Invariant<Pool> =>
  always('noOrphanPipe', ({ subject: { children }, now }) => {
    const orphan = children.all.find(({ endedAt, openPipes }) => openPipes.length > 0 && now() - endedAt > withinMs);
    if (orphan === undefined) return undefined;
    return `child ${orphan.number} ended at ${orphan.endedAt} ms, and its ${orphan.openPipes.join(' and ')} is open`;
  });

/** What could not be started does not run. */
export const noOrphan: Invariant<Pool> = afterBody('noOrphan', ({ subject: { children, failedStarts } }) => {
  const orphan = children.all.find(({ args, closed }) => !closed && failedStarts.has(args[0]!));
  return (
    orphan === undefined || `${orphan.args[0]!} could not be started, and child ${orphan.number} is ${orphan.state}`
  );
});

/** For the signals, the death, and timers that are late, virtual ms. */
const SLACK = 10;

/** No process lives longer than its task may, and the time to end it. */
export const noTaskOutlivesItsBound = (maxMs: number): Invariant<Pool> =>
  always('noTaskOutlivesItsBound', ({ subject: { children, tasks }, now }) => {
    for (const { args, startedAt, endedAt } of children.all) {
      const bound = Math.min(tasks.get(args[0]!)?.timeout ?? maxMs, maxMs);
      const lived = Math.min(endedAt, now()) - startedAt;
      if (lived > bound + KILL_GRACE + SLACK) return `${args[0]!} has lived for ${lived} ms, and may for ${bound}`;
    }
    return undefined;
  });
