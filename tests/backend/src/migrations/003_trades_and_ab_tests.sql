CREATE TABLE trades (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  pair text NOT NULL,
  -- The signal that the trade followed, if any; signals may be removed before their trades.
  signal_id uuid,
  side text NOT NULL CHECK (side IN ('buy', 'sell')),
  status text NOT NULL CHECK (status IN ('open', 'closed')),
  position_size numeric(10, 2),
  entry_price numeric(12, 5) NOT NULL,
  exit_price numeric(12, 5),
  stop_loss numeric(12, 5),
  take_profit numeric(12, 5),
  actual_pnl numeric(12, 2),
  actual_pnl_percent numeric(6, 2),
  opened_at timestamptz NOT NULL,
  closed_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  sequence bigint GENERATED ALWAYS AS IDENTITY,
  CHECK ((status = 'closed') = (closed_at IS NOT NULL))
);
CREATE INDEX trades_newest ON trades (opened_at DESC, sequence DESC);
CREATE INDEX trades_newest_of_pair ON trades (pair, opened_at DESC, sequence DESC);

CREATE TABLE ab_tests (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL,
  model_a_id uuid NOT NULL REFERENCES model_versions (id),
  model_b_id uuid NOT NULL REFERENCES model_versions (id),
  -- Percent of the traffic that model A gets.
  traffic_split numeric(5, 2) NOT NULL CHECK (traffic_split BETWEEN 0 AND 100),
  target_metric text,
  description text,
  status text NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'completed', 'cancelled')),
  created_at timestamptz NOT NULL DEFAULT now(),
  sequence bigint GENERATED ALWAYS AS IDENTITY,
  CHECK (model_a_id <> model_b_id)
);
CREATE INDEX ab_tests_newest ON ab_tests (created_at DESC, sequence DESC);
