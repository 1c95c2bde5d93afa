/**
 * Seed 002, F2, F3 and F6: MABEAM.AgentRegistry as the document declares it right ("no fix needed"): the code monitors
 * first and then checks alive, monitor references are cleaned up, everything is serialised by the GenServer. What it
 * has in common with what the report described is in as-found.ts. All lines are completed; see there.
 */
import type { Monitored } from 'heddle/systems';
import * as found from './as-found.ts';

export class AgentRegistry extends found.AgentRegistry {
  protected override monitorAgent(agent: Monitored): found.MonitorRef {
    const ref = this.monitor(agent); // completed: "the code now monitors first, then checks alive status"
    // completed
    if (!agent.alive) {
      ref.demonitor(); // completed
      throw new Error('process_not_alive'); // completed
    } // completed
    return ref; // completed
  }

  protected override forgetMonitor(id: string): void {
    // completed: "cleaned up appropriately"
    for (const [ref, each] of this.monitors) {
      if (each !== id) continue; // completed
      ref.demonitor(); // completed: Process.demonitor(ref, [:flush])
      this.monitors.delete(ref); // completed
    } // completed
  }
}
