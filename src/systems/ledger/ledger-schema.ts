/**
 * Tables and functions of the ledger, for a migration. Amounts are whole millionths of the currency unit.
 *
 * The day's total is one row, and every change goes through it: `UPDATE … WHERE committed + amount <= limit` checks and
 * reserves in one step. That step is safe in every isolation level. In READ COMMITTED it waits for the row and looks at its
 * newest version; in REPEATABLE READ and SERIALIZABLE, where a transaction looks at an old snapshot, the server refuses to
 * change a row that has changed since (SQLSTATE 40001). A lock on a table does not do that: it is got, and what is then
 * read is still the old snapshot. And its cost does not grow with the number of spends.
 *
 * Rows of `ledger_entry` are never deleted once they are a reservation. Each function locks the entry first and the day
 * second, so that they cannot deadlock with each other. Nothing in here reads a clock or depends on a session's time
 * zone: days and instants are parameters.
 */
export const LEDGER_SCHEMA: string = `
CREATE TABLE ledger_day (
  day date PRIMARY KEY,
  committed bigint NOT NULL DEFAULT 0 CHECK (committed >= 0)
);

CREATE TABLE ledger_entry (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  request_key text UNIQUE,
  day date NOT NULL,
  estimate bigint NOT NULL CHECK (estimate >= 0),
  actual bigint CHECK (actual >= 0),
  state text NOT NULL CHECK (state IN ('reserved', 'settled', 'cancelled', 'expired')),
  purpose text NOT NULL,
  metadata jsonb NOT NULL,
  reserved_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  ended_at timestamptz
);

CREATE INDEX ledger_entry_open ON ledger_entry (day, expires_at) WHERE state = 'reserved';

CREATE FUNCTION ledger_expire_day(p_day date, p_now timestamptz) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  v_count bigint;
  v_freed bigint;
BEGIN
  WITH stale AS (
    SELECT id FROM ledger_entry
    WHERE state = 'reserved' AND day = p_day AND expires_at <= p_now
    ORDER BY id
    FOR UPDATE SKIP LOCKED
  ), gone AS (
    UPDATE ledger_entry SET state = 'expired', request_key = NULL, ended_at = p_now
    WHERE id IN (SELECT id FROM stale)
    RETURNING estimate
  )
  SELECT count(*), coalesce(sum(estimate), 0) INTO v_count, v_freed FROM gone;
  IF v_count > 0 THEN
    UPDATE ledger_day SET committed = committed - v_freed WHERE day = p_day;
  END IF;
  RETURN v_count;
END;
$$;

CREATE FUNCTION ledger_expire(p_now timestamptz) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  v_day date;
  v_count bigint := 0;
BEGIN
  -- Days in order: two who clear up at once then wait for each other in one direction only.
  FOR v_day IN SELECT DISTINCT day FROM ledger_entry WHERE state = 'reserved' AND expires_at <= p_now ORDER BY day LOOP
    v_count := v_count + ledger_expire_day(v_day, p_now);
  END LOOP;
  RETURN v_count;
END;
$$;

CREATE FUNCTION ledger_reserve(
  p_key text, p_day date, p_amount bigint, p_limit bigint,
  p_now timestamptz, p_expires timestamptz, p_purpose text, p_metadata jsonb
) RETURNS TABLE (outcome text, entry_id uuid, entry_day text, entry_estimate text, entry_state text, total text)
LANGUAGE plpgsql AS $$
DECLARE
  v_entry ledger_entry;
  v_total bigint;
BEGIN
  INSERT INTO ledger_entry (request_key, day, estimate, state, purpose, metadata, reserved_at, expires_at)
  VALUES (p_key, p_day, p_amount, 'reserved', p_purpose, p_metadata, p_now, p_expires)
  ON CONFLICT DO NOTHING
  RETURNING * INTO v_entry;
  IF NOT FOUND THEN
    SELECT * INTO STRICT v_entry FROM ledger_entry WHERE request_key = p_key;
    SELECT committed INTO v_total FROM ledger_day WHERE day = v_entry.day;
    RETURN QUERY SELECT 'repeated', v_entry.id, v_entry.day::text, v_entry.estimate::text, v_entry.state, v_total::text;
    RETURN;
  END IF;
  INSERT INTO ledger_day (day) VALUES (p_day) ON CONFLICT DO NOTHING;
  UPDATE ledger_day SET committed = committed + p_amount WHERE day = p_day AND committed + p_amount <= p_limit
  RETURNING committed INTO v_total;
  IF NOT FOUND AND ledger_expire_day(p_day, p_now) > 0 THEN
    UPDATE ledger_day SET committed = committed + p_amount WHERE day = p_day AND committed + p_amount <= p_limit
    RETURNING committed INTO v_total;
  END IF;
  IF v_total IS NULL THEN
    -- It never was a reservation.
    DELETE FROM ledger_entry WHERE id = v_entry.id;
    SELECT committed INTO v_total FROM ledger_day WHERE day = p_day;
    RETURN QUERY SELECT 'refused', v_entry.id, p_day::text, p_amount::text, 'refused', v_total::text;
    RETURN;
  END IF;
  RETURN QUERY SELECT 'reserved', v_entry.id, p_day::text, p_amount::text, 'reserved', v_total::text;
END;
$$;

CREATE FUNCTION ledger_settle(p_id uuid, p_actual bigint, p_now timestamptz)
RETURNS TABLE (outcome text, entry_day text, entry_estimate text, entry_actual text, total text)
LANGUAGE plpgsql AS $$
DECLARE
  v_entry ledger_entry;
  v_total bigint;
BEGIN
  SELECT * INTO v_entry FROM ledger_entry WHERE id = p_id FOR UPDATE;
  IF NOT FOUND THEN
    RETURN QUERY SELECT 'unknown', NULL, NULL, NULL, NULL;
    RETURN;
  END IF;
  IF v_entry.actual IS NOT NULL THEN
    SELECT committed INTO v_total FROM ledger_day WHERE day = v_entry.day;
    RETURN QUERY SELECT CASE WHEN v_entry.actual = p_actual THEN 'repeated' ELSE 'conflict' END,
      v_entry.day::text, v_entry.estimate::text, v_entry.actual::text, v_total::text;
    RETURN;
  END IF;
  -- What was given back before the money was spent is not there any more: the spend counts all the same.
  UPDATE ledger_entry
  SET actual = p_actual, state = CASE state WHEN 'reserved' THEN 'settled' ELSE state END, ended_at = coalesce(ended_at, p_now)
  WHERE id = p_id;
  UPDATE ledger_day
  SET committed = committed + p_actual - CASE v_entry.state WHEN 'reserved' THEN v_entry.estimate ELSE 0 END
  WHERE day = v_entry.day
  RETURNING committed INTO v_total;
  RETURN QUERY SELECT CASE v_entry.state WHEN 'reserved' THEN 'settled' ELSE 'late' END,
    v_entry.day::text, v_entry.estimate::text, p_actual::text, v_total::text;
END;
$$;

CREATE FUNCTION ledger_cancel(p_id uuid, p_now timestamptz) RETURNS TABLE (outcome text) LANGUAGE plpgsql AS $$
DECLARE
  v_entry ledger_entry;
BEGIN
  SELECT * INTO v_entry FROM ledger_entry WHERE id = p_id FOR UPDATE;
  IF NOT FOUND THEN
    RETURN QUERY SELECT 'unknown';
  ELSIF v_entry.actual IS NOT NULL THEN
    RETURN QUERY SELECT 'spent';
  ELSIF v_entry.state <> 'reserved' THEN
    RETURN QUERY SELECT 'repeated';
  ELSE
    UPDATE ledger_entry SET state = 'cancelled', request_key = NULL, ended_at = p_now WHERE id = p_id;
    UPDATE ledger_day SET committed = committed - v_entry.estimate WHERE day = v_entry.day;
    RETURN QUERY SELECT 'cancelled';
  END IF;
END;
$$;

CREATE FUNCTION ledger_balance(p_day date) RETURNS TABLE (total text, reserved text, spent text) LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT committed FROM ledger_day WHERE day = p_day), 0)::text,
    coalesce(sum(estimate) FILTER (WHERE state = 'reserved'), 0)::text,
    coalesce(sum(actual), 0)::text
  FROM ledger_entry WHERE day = p_day;
$$;
`;
