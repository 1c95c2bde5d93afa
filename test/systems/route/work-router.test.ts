import { describe, expect, it } from 'vitest';
import {
  EscalationDesk,
  estimateRoutingCost,
  WorkRouter,
  type Escalation,
  type Routing,
  type RoutingContext,
  type WorkOrder,
} from '../../../src/systems/route/index.ts';
import type { Reserved } from '../../../src/systems/ledger/index.ts';

const ORDER: WorkOrder = {
  workOrderId: 'wo-1',
  description: 'add a button',
  complexity: 0.5,
  approvedByDirector: true,
};

/** A router over a ledger in memory with $5 a day. */
function office(
  options: { proposers?: string[]; hardStop?: boolean; decide?: (context: RoutingContext) => string } = {},
) {
  const reservations = new Map<string, number>();
  const routings = new Map<string, Routing>();
  const escalations: Escalation[] = [];
  const total = (): number => [...reservations.values()].reduce((sum, each) => sum + each, 0);
  const limit = 5;
  const router = new WorkRouter(
    {
      ledger: {
        limit,
        checkAndReserve: ({ requestKey, estimate }): Promise<Reserved> => {
          const [day, spentBefore] = ['2025-01-01', total()];
          if (spentBefore + estimate > limit) return Promise.resolve({ approved: false, day, spentBefore, limit });
          reservations.set(requestKey, estimate);
          return Promise.resolve({
            approved: true,
            reservationId: requestKey,
            day,
            estimate,
            spentBefore,
            limit,
            repeated: false,
          });
        },
        cancel: (id) => Promise.resolve(reservations.delete(id)),
      },
      store: {
        routingOf: (id) => Promise.resolve(routings.get(id) ?? null),
        saveRouting: (routing) => {
          const kept = routings.get(routing.workOrderId) ?? routing;
          routings.set(routing.workOrderId, kept);
          return Promise.resolve(kept);
        },
      },
      proposers: { listActive: () => Promise.resolve(options.proposers ?? ['gpt', 'claude']) },
      escalations: new EscalationDesk({
        store: {
          record: (escalation) => {
            escalations.push(escalation);
            return Promise.resolve();
          },
        },
      }),
      detectHardStop: () => options.hardStop ?? false,
      ...(options.decide === undefined ? {} : { decide: options.decide }),
    },
    'test',
  );
  return { router, reservations, routings, escalations };
}

describe('what a routing decision costs', () => {
  it.each([
    [0, false, 0.1],
    [0.29, false, 0.1],
    [0.3, false, 1],
    [0.99, false, 1],
    [1, false, 2.5],
    [0, true, 2.5],
  ])('complexity %d, hard stop %s: $%d', (complexity, hardStop, cost) => {
    expect(estimateRoutingCost(complexity, hardStop)).toBe(cost);
  });
});

describe('a work router', () => {
  it('reserves before it decides, on the spend that it reserved against, and keeps the id', async () => {
    const seen: RoutingContext[] = [];
    const { router, reservations } = office({
      decide: (context) => {
        expect(reservations.size).toBe(seen.push(context));
        return 'claude';
      },
    });
    await router.routeWorkOrder(ORDER);
    const answer = await router.routeWorkOrder({ ...ORDER, workOrderId: 'wo-2' });
    expect(answer).toMatchObject({
      routed: true,
      routing: { proposer: 'claude', dailySpend: 1, reservationId: [...reservations.keys()][1] },
    });
    expect(seen.map(({ dailySpend, limit }) => [dailySpend, limit])).toEqual([
      [0, 5],
      [1, 5],
    ]);
  });

  it('stops hard work by its price', async () => {
    const { router, reservations } = office({ hardStop: true });
    await router.routeWorkOrder(ORDER);
    expect([...reservations.values()]).toEqual([2.5]);
  });

  it('does not limit the architect', async () => {
    const { router, reservations } = office();
    for (let i = 0; i < 9; i += 1) {
      const answer = await router.routeWorkOrder({
        ...ORDER,
        workOrderId: `wo-${i}`,
        level: 'architect',
        complexity: 2,
      });
      expect(answer).toMatchObject({ routed: true, routing: { reservationId: null, dailySpend: null } });
    }
    expect(reservations.size).toBe(0);
  });

  it.each([
    ['not-approved', { ...ORDER, approvedByDirector: false }, 0],
    ['invalid-order', { ...ORDER, workOrderId: '' }, 0],
    ['invalid-order', { ...ORDER, complexity: NaN }, 0],
    ['invalid-order', { ...ORDER, complexity: -1 }, 0],
  ] as const)('refuses by %s', async (refusal, order, escalated) => {
    const { router, reservations, escalations } = office();
    await expect(router.routeWorkOrder(order)).resolves.toMatchObject({ routed: false, refusal });
    expect([reservations.size, escalations.length]).toEqual([0, escalated]);
  });

  it('escalates what is over the budget, with the numbers it was decided on', async () => {
    const { router, escalations } = office();
    for (const id of ['wo-1', 'wo-2']) await router.routeWorkOrder({ ...ORDER, workOrderId: id, complexity: 1 });
    await expect(router.routeWorkOrder({ ...ORDER, workOrderId: 'wo-3' })).resolves.toMatchObject({
      refusal: 'over-budget',
    });
    expect(escalations).toEqual([
      { workOrderId: 'wo-3', cause: 'over-budget', text: 'daily budget exceeded: $5 + $1 > $5 on 2025-01-01' },
    ]);
  });

  it('says that there is nobody to give it to', async () => {
    const { router, escalations } = office({ proposers: [] });
    await expect(router.routeWorkOrder(ORDER)).resolves.toMatchObject({ refusal: 'no-proposer' });
    expect(escalations).toMatchObject([{ cause: 'routing-failed' }]);
  });

  it('gives back what it reserved when the decision throws', async () => {
    const { router, reservations, escalations } = office({
      decide: () => {
        throw new Error('no rule');
      },
    });
    await expect(router.routeWorkOrder(ORDER)).resolves.toMatchObject({
      refusal: 'routing-failed',
      text: 'routing failed: no rule',
    });
    expect([reservations.size, escalations.length]).toEqual([0, 1]);
  });

  it('keeps the routing that an order has', async () => {
    const { router, reservations } = office();
    const [first, second] = await Promise.all([router.routeWorkOrder(ORDER), router.routeWorkOrder(ORDER)]);
    expect(second).toEqual(first);
    await expect(router.routeWorkOrder(ORDER)).resolves.toEqual(first);
    expect(reservations.size).toBe(1);
  });
});

describe('an escalation desk', () => {
  it('keeps what cannot be recorded, also beyond its own end', async () => {
    const desk = new EscalationDesk({ store: { record: () => Promise.reject(new Error('away')) } });
    const escalation: Escalation = { workOrderId: 'wo-1', cause: 'over-budget', text: 'too much' };
    await expect(desk.escalate(escalation)).resolves.toBe(false);
    await expect(desk.escalate({ ...escalation, text: 'again' })).resolves.toBe(false);
    desk.close();
    expect(desk.open).toEqual([escalation]);
  });

  it.each([0, -1, NaN, Infinity])('refuses to retry after %d ms', (retryMs) => {
    expect(() => new EscalationDesk({ store: { record: () => Promise.resolve() }, retryMs })).toThrow(RangeError);
  });
});
