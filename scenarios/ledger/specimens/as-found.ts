/**
 * Seed 001, P1: before the fix. The document gives the order of steps of two concurrent requests and says that
 * `calculateDailySpend()` reads from the database without locking; it prints no code of it, so every line is completed.
 * Its words that bind them: read daily_spend, call the LLM, write cost_tracking.
 */
import type { SupabaseClient } from './supabase.ts';

const DAILY_LIMIT = 100; // completed

export async function calculateDailySpend(supabase: SupabaseClient): Promise<number> {
  const today = new Date().toISOString().split('T')[0]!; // completed
  const { data, error } = await supabase.from('cost_tracking').select('cost').gte('created_at', `${today}T00:00:00Z`); // completed
  if (error) throw Object.assign(new Error(error.message), error); // completed
  return (data ?? []).reduce((sum, { cost }) => sum + Number(cost), 0); // completed
} // completed

/** Whether the request may go on: nothing is written down before the LLM was called. */
export async function mayProceed(supabase: SupabaseClient, estimatedCost: number): Promise<boolean> {
  return !((await calculateDailySpend(supabase)) + estimatedCost > DAILY_LIMIT); // completed
} // completed

export async function writeCostTracking(supabase: SupabaseClient, cost: number, serviceName: string): Promise<void> {
  const row = { cost, service_name: serviceName, metadata: { type: 'actual' }, created_at: new Date().toISOString() }; // completed
  const { error } = await supabase.from('cost_tracking').insert(row); // completed
  if (error) throw Object.assign(new Error(error.message), error); // completed
} // completed
