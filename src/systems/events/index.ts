export { BoundedMailbox } from './bounded-mailbox.ts';
export { emitCustom, HandlerError, type CustomHandler, type CustomOutcome } from './emit-custom.ts';
export { EventError, type EventErrorCode } from './event-error.ts';
export { EventPublisher, type EventPublisherOptions, type SignalTransport } from './event-publisher.ts';
export {
  EventSystem,
  type EmitOutcome,
  type EventSystemEvents,
  type EventSystemOptions,
  type SignalHandler,
} from './event-system.ts';
