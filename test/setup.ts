// Dispatchers must stand before the module under test captures a timer; outside a run they only pass on.
import { install } from '../src/intercept/install.ts';

install();
