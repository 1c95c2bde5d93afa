import { RegistryError } from './registry-error.ts';

export function closed(): RegistryError {
  return new RegistryError('closed', {
    expected: 'an open registry',
    received: 'one that has been closed',
    nextStep: 'stop using it, or create a new one',
  });
}

export function alreadyRegistered(id: string): RegistryError {
  return new RegistryError('already-registered', {
    expected: `${id} to be free`,
    received: 'a living agent under that id',
    nextStep: 'choose another id, wait until it has ended, or register with takeOver',
  });
}

export function notRegistered(id: string): RegistryError {
  return new RegistryError('not-registered', {
    expected: `an agent under ${id}`,
    received: 'none',
    nextStep: 'register it; it may have ended meanwhile',
  });
}

export function notOwner(id: string): RegistryError {
  return new RegistryError('not-owner', {
    expected: `the agent that is registered under ${id}`,
    received: 'another one',
    nextStep: 'leave the registration to the agent that has taken over',
  });
}

export function notAlive(id: string): RegistryError {
  return new RegistryError('not-alive', {
    expected: `a living agent for ${id}`,
    received: 'one that has ended',
    nextStep: 'start it again and register that one',
  });
}

export function asynchronous(): RegistryError {
  return new RegistryError('asynchronous-transaction', {
    expected: 'a transaction that is over when it returns',
    received: 'a promise; everything done so far was taken back',
    nextStep: 'await first, and change the registry in one go afterwards',
  });
}
