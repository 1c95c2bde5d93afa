export { breaker, type BreakerInput, type BreakerModelOptions, type BreakerModelState } from './breaker.ts';
export { budget, type BudgetInput, type BudgetModelOptions, type BudgetState } from './budget.ts';
export { mutex, type MutexInput, type MutexOptions } from './mutex.ts';
export { queue, type QueueInput, type QueueOptions } from './queue.ts';
export { register, type RegisterInput, type RegisterOptions } from './register.ts';
export { semaphore, type SemaphoreInput, type SemaphoreOptions } from './semaphore.ts';
