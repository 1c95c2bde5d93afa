import { describe, expect, test } from 'vitest';
import { everyOrder, type Program } from '../every-run.ts';

/** Orders in which `first` comes before `second`. */
const before = (orders: readonly string[], first: string, second: string): string[] =>
  orders.filter((order) => {
    const entries = order.split(' ');
    return entries.indexOf(first) < entries.indexOf(second);
  });

describe('the timer phase', () => {
  test('timers that had expired when it began run back to back, with no completion between them', async () => {
    const orders = await everyOrder((log, world) => {
      setTimeout(log, 2, 'A');
      setTimeout(log, 2, 'B');
      world.complete('x', 0, 9, () => {
        log('X');
      });
    });
    expect(orders).toEqual(['A B X', 'X A B']);
  });

  test('a completion may come between timers that are due at different instants', async () => {
    const orders = await everyOrder((log, world) => {
      setTimeout(log, 1, 'A');
      setTimeout(log, 3, 'B');
      world.complete('x', 0, 9, () => {
        log('X');
      });
    });
    expect(orders).toEqual(['A B X', 'A X B', 'X A B']);
  });

  test('what a timer queues as a microtask or nextTick runs before the next timer of the phase', async () => {
    const orders = await everyOrder((log) => {
      setTimeout(() => {
        log('A');
        queueMicrotask(() => {
          log('microtask');
        });
        process.nextTick(log, 'tick');
      }, 1);
      setTimeout(log, 1, 'B');
    });
    expect(orders).toEqual(['A tick microtask B']);
  });

  test('a timer armed in the phase waits for the next one; the immediate queued in it comes first', async () => {
    const orders = await everyOrder((log) => {
      setTimeout(() => {
        log('A');
        setTimeout(log, 1, 'B');
        setImmediate(log, 'I');
      }, 1);
    });
    expect(orders).toEqual(['A I B']);
  });
});

describe('the check phase', () => {
  test('immediates run in the order in which they were queued, with no completion and no timer between them', async () => {
    const orders = await everyOrder((log, world) => {
      setTimeout(log, 1, 'T');
      setImmediate(log, 'I');
      setImmediate(log, 'J');
      setImmediate(log, 'K');
      world.complete('x', 0, 9, () => {
        log('X');
      });
    });
    expect(orders.filter((order) => !order.includes('I J K'))).toEqual([]);
    expect(orders).toEqual(['I J K T X', 'I J K X T', 'T I J K X', 'T X I J K', 'X I J K T']);
  });

  test('an immediate queued by an immediate waits for the next round: an expired timer comes before it', async () => {
    const orders = await everyOrder((log) => {
      setImmediate(() => {
        log('I');
        setImmediate(log, 'again');
      });
      setImmediate(log, 'J');
      setTimeout(log, 1, 'T');
    });
    expect(orders).toEqual(['I J T again', 'I J again T', 'T I J again']);
  });

  test('after a check phase the loop comes to its timers first, also after a completion', async () => {
    const orders = await everyOrder((log, world) => {
      setTimeout(log, 1, 'T');
      world.complete('x', 0, 0, () => {
        log('X');
        setImmediate(() => {
          log('I');
          setImmediate(log, 'again');
        });
      });
    });
    expect(orders).toEqual(['X I T again', 'X I again T']);
  });

  test('after a check phase that stalled, expired timers come before any completion', async () => {
    const orders = await everyOrder((log, world) => {
      world.complete('x', 0, 0, () => {
        setTimeout(log, 5, 'T');
        setImmediate(() => {
          world.stall(world.process, 20);
        });
      });
      world.complete('y', 10, 12, () => {
        log('Y');
      });
    });
    expect(orders).toEqual(['T Y']);
  });

  test('an immediate that is cleared does not hold up the others', async () => {
    const orders = await everyOrder((log) => {
      setImmediate(() => {
        log('I');
        clearImmediate(last);
      });
      setImmediate(log, 'J');
      const last = setImmediate(log, 'K');
    });
    expect(orders).toEqual(['I J']);
  });
});

describe('immediates against timers', () => {
  test('from the main script the order of an immediate and a 1 ms timer is open', async () => {
    const orders = await everyOrder((log) => {
      setTimeout(log, 1, 'T');
      setImmediate(log, 'I');
    });
    expect(orders).toEqual(['I T', 'T I']);
  });

  test('a timer of 2 ms does not expire before an immediate of the main script', async () => {
    const orders = await everyOrder((log) => {
      setTimeout(log, 2, 'T');
      setImmediate(log, 'I');
    });
    expect(orders).toEqual(['I T']);
  });

  test('an immediate queued by a completion runs before any timer, expired or not', async () => {
    const orders = await everyOrder((log, world) => {
      setTimeout(log, 1, 'T');
      world.complete('x', 0, 9, () => {
        log('X');
        setImmediate(log, 'I');
        setTimeout(log, 1, 'U');
      });
    });
    expect(before(orders, 'I', 'U')).toEqual(orders);
    expect(orders).toEqual(['T X I U', 'X I T U']);
  });
});

describe('the poll', () => {
  const started: Program = (log, world) => {
    world.complete('x', 0, 3, () => {
      log('X');
      setImmediate(log, 'I');
      world.complete('y', 0, 3, () => {
        log('Y');
      });
    });
  };

  test('an immediate queued by a completion runs before a completion of what that completion started', async () => {
    expect(await everyOrder(started)).toEqual(['X I Y']);
  });

  test('a completion of what was started before may come between, as part of the same poll', async () => {
    const orders = await everyOrder((log, world) => {
      started(log, world);
      world.complete('z', 0, 3, () => {
        log('Z');
      });
    });
    expect(before(orders, 'Y', 'I')).toEqual(['X Z Y I']);
    expect(before(orders, 'Z', 'I')).toEqual(['X Z I Y', 'X Z Y I', 'Z X I Y']);
  });

  test('from a timer or the main script, the poll before the immediate may deliver what was just started', async () => {
    const begin: Program = (log, world) => {
      setImmediate(log, 'I');
      world.complete('x', 0, 3, () => {
        log('X');
      });
    };
    expect(await everyOrder(begin)).toEqual(['I X', 'X I']);
    const orders = await everyOrder((log, world) => {
      setTimeout(() => {
        begin(log, world);
      }, 1);
    });
    expect(orders).toEqual(['I X', 'X I']);
  });

  test('what became ready while a completion stalled is not part of its poll: immediates and timers come first', async () => {
    const orders = await everyOrder((log, world) => {
      world.complete('x', 0, 0, () => {
        setImmediate(log, 'I');
        setTimeout(log, 5, 'T');
        world.stall(world.process, 20);
      });
      world.complete('y', 10, 30, () => {
        log('Y');
      });
    });
    expect(orders).toEqual(['I T Y']);
  });

  test('the firing rule holds within a poll: nothing that is part of it comes late', async () => {
    const orders = await everyOrder(
      (log, world) => {
        for (const [name, at] of [
          ['W', 1],
          ['Z', 2],
        ] as const) {
          world.complete(name, at, at, () => {
            log(name);
          });
        }
        world.complete('x', 1, 1, () => {
          log('X');
          setImmediate(log, 'I');
          world.complete('y', 5, 5, () => {
            log('Y');
          });
        });
      },
      { delays: false },
    );
    expect(before(orders, 'Z', 'W')).toEqual([]);
    expect(orders).toEqual(['W X I Z Y', 'W X Z I Y', 'X I W Z Y', 'X W I Z Y', 'X W Z I Y']);
  });

  test('a timer that expired before a completion runs before what that completion started', async () => {
    const orders = await everyOrder((log, world) => {
      setTimeout(log, 1, 'T');
      world.complete('x', 2, 2, () => {
        log('X');
        world.complete('y', 0, 0, () => {
          log('Y');
        });
      });
    });
    expect(orders).toEqual(['T X Y', 'X T Y']);
  });
});
