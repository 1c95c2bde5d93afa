/**
 * Seed 001, P1: the budget reservation as the document gives it. The SQL function and the four functions of
 * `src/lib/manager-service.ts` are printed whole. Lines marked `completed` stand where the document only names things:
 * the table, whose columns it lists, and the module's imports, which are passed in.
 */
import type { SupabaseClient } from './supabase.ts';

/** `CURRENT_DATE` and `NOW()` are virtual time: the device sees to it. */
export const AS_DOCUMENTED_SQL = `
CREATE TABLE cost_tracking (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), -- completed
  cost decimal, -- completed
  service_name text, -- completed
  metadata jsonb, -- completed
  created_at timestamptz DEFAULT now() -- completed
);

CREATE OR REPLACE FUNCTION check_and_reserve_budget(
  p_estimated_cost DECIMAL,
  p_service_name TEXT,
  p_metadata JSONB DEFAULT '{}'::jsonb
) RETURNS TABLE(
  can_proceed BOOLEAN,
  current_total DECIMAL,
  reservation_id UUID
) AS $$
DECLARE
  v_current_total DECIMAL;
  v_daily_limit DECIMAL := 100.0;
  v_reservation_id UUID;
BEGIN
  -- Lock cost_tracking table for this day
  LOCK TABLE cost_tracking IN SHARE ROW EXCLUSIVE MODE;

  -- Calculate current daily spend
  SELECT COALESCE(SUM(cost), 0) INTO v_current_total
  FROM cost_tracking
  WHERE DATE(created_at) = CURRENT_DATE;

  -- Check if reservation would exceed limit
  IF v_current_total + p_estimated_cost > v_daily_limit THEN
    RETURN QUERY SELECT FALSE, v_current_total, NULL::UUID;
  ELSE
    -- Create reservation record
    v_reservation_id := gen_random_uuid();

    INSERT INTO cost_tracking (id, cost, service_name, metadata, created_at)
    VALUES (
      v_reservation_id,
      p_estimated_cost,
      p_service_name,
      jsonb_build_object(
        'type', 'reservation',
        'original_metadata', p_metadata
      ),
      NOW()
    );

    RETURN QUERY SELECT TRUE, v_current_total, v_reservation_id;
  END IF;
END;
$$ LANGUAGE plpgsql;
`;

/** What the document's error escalation is called with. */
export interface CriticalError {
  readonly component: string;
  readonly operation: string;
  readonly error: unknown;
  readonly workOrderId: string;
  readonly severity: 'critical';
  readonly metadata: Record<string, unknown>;
}

/** What the module imports. */
export interface Imports {
  readonly createSupabaseServiceClient: () => SupabaseClient; // completed
  readonly handleCriticalError: (error: CriticalError) => Promise<void>; // completed
} // completed

/** The module: its functions are as printed. */
export function createReservations({ createSupabaseServiceClient, handleCriticalError }: Imports) {
  /**
   * Reserve budget slot before calling LLM
   * Returns reservation ID if successful, null if over budget
   */
  async function reserveBudget(
    estimatedCost: number,
    serviceName: string,
    metadata?: Record<string, unknown>,
  ): Promise<{ canProceed: boolean; reservationId: string | null; currentTotal: number }> {
    const supabase = createSupabaseServiceClient();

    const { data, error } = await supabase.rpc('check_and_reserve_budget', {
      p_estimated_cost: estimatedCost,
      p_service_name: serviceName,
      p_metadata: metadata ?? {},
    });

    if (error) {
      await handleCriticalError({
        component: 'Manager',
        operation: 'reserveBudget',
        error: error,
        workOrderId: metadata?.['work_order_id'] as string,
        severity: 'critical',
        metadata: { estimatedCost, serviceName },
      });
      return { canProceed: false, reservationId: null, currentTotal: 0 };
    }

    if (!data || data.length === 0) {
      return { canProceed: false, reservationId: null, currentTotal: 0 };
    }

    const result = data[0] as { can_proceed: boolean; reservation_id: string | null; current_total: number };
    return {
      canProceed: result.can_proceed,
      reservationId: result.reservation_id,
      currentTotal: result.current_total,
    };
  }

  /**
   * Update reservation with actual cost after LLM call completes
   */
  async function updateReservationWithActual(
    reservationId: string,
    actualCost: number,
    metadata?: Record<string, unknown>,
  ): Promise<void> {
    const supabase = createSupabaseServiceClient();

    const { error } = await supabase
      .from('cost_tracking')
      .update({
        cost: actualCost,
        metadata: {
          type: 'actual',
          updated_at: new Date().toISOString(),
          ...metadata,
        },
      })
      .eq('id', reservationId);

    if (error) {
      console.error('Failed to update reservation with actual cost:', error);
      // Non-critical - reservation will remain (over-estimates budget slightly)
    }
  }

  /**
   * Cancel reservation if LLM call fails
   */
  async function cancelReservation(reservationId: string): Promise<void> {
    const supabase = createSupabaseServiceClient();

    const { error } = await supabase.from('cost_tracking').delete().eq('id', reservationId);

    if (error) {
      console.error('Failed to cancel reservation:', error);
      // Non-critical - reservation will remain (over-estimates budget slightly)
    }
  }

  return { reserveBudget, updateReservationWithActual, cancelReservation };
}

/**
 * Estimate cost for routing decision
 */
export function estimateRoutingCost(complexityScore: number, hardStopRequired: boolean): number {
  // Rough estimates based on historical data
  if (hardStopRequired || complexityScore >= 1.0) {
    return 2.5; // Claude Sonnet 4.5 average
  } else if (complexityScore < 0.3) {
    return 0.1; // GPT-4o-mini average
  } else {
    return 1.0; // Medium complexity
  }
}
