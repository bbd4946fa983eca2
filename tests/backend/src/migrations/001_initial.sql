CREATE TABLE market_data (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  pair text NOT NULL,
  timeframe text NOT NULL,
  "timestamp" timestamptz NOT NULL,
  open numeric(12, 5) NOT NULL,
  high numeric(12, 5) NOT NULL,
  low numeric(12, 5) NOT NULL,
  close numeric(12, 5) NOT NULL,
  volume bigint,
  spread numeric(12, 5),
  technical_indicators jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (pair, timeframe, "timestamp")
);

CREATE TABLE model_versions (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL,
  version text NOT NULL,
  model_type text NOT NULL,
  description text,
  hyperparameters jsonb,
  training_metrics jsonb,
  training_data_info jsonb,
  status text NOT NULL DEFAULT 'trained' CHECK (status IN ('trained', 'testing', 'deployed', 'retired')),
  is_active boolean NOT NULL DEFAULT false,
  trained_at timestamptz NOT NULL DEFAULT now(),
  -- Orders rows of the same instant.
  sequence bigint GENERATED ALWAYS AS IDENTITY,
  UNIQUE (name, version)
);
CREATE UNIQUE INDEX model_versions_one_active ON model_versions (name) WHERE is_active;
CREATE INDEX model_versions_newest ON model_versions (trained_at DESC, sequence DESC);

CREATE TABLE training_logs (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  model_id uuid NOT NULL REFERENCES model_versions (id),
  model_version text NOT NULL,
  training_type text NOT NULL CHECK (training_type IN ('full', 'incremental')),
  data_start_date timestamptz NOT NULL,
  data_end_date timestamptz NOT NULL,
  num_samples integer NOT NULL CHECK (num_samples > 0),
  training_metrics jsonb,
  validation_metrics jsonb,
  hyperparameters jsonb,
  duration_seconds integer,
  notes text,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX training_logs_by_model ON training_logs (model_id, created_at);

CREATE TABLE predictions (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  pair text NOT NULL,
  timeframe text NOT NULL,
  signal text NOT NULL CHECK (signal IN ('buy', 'sell', 'hold')),
  confidence numeric(3, 2) NOT NULL CHECK (confidence BETWEEN 0 AND 1),
  factors jsonb NOT NULL,
  entry_price numeric(12, 5) NOT NULL,
  stop_loss numeric(12, 5),
  take_profit numeric(12, 5),
  risk_reward_ratio numeric(4, 2),
  position_size numeric(10, 2),
  signal_strength text,
  market_condition text,
  technical_data jsonb,
  source text NOT NULL DEFAULT 'ml_model',
  model_version_id uuid REFERENCES model_versions (id),
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'triggered', 'stopped', 'expired', 'cancelled')),
  actual_outcome text NOT NULL DEFAULT 'pending' CHECK (actual_outcome IN ('pending', 'win', 'loss', 'breakeven')),
  actual_pnl numeric(12, 2),
  actual_pnl_percent numeric(6, 2),
  duration_minutes integer,
  created_at timestamptz NOT NULL DEFAULT now(),
  triggered_at timestamptz,
  sequence bigint GENERATED ALWAYS AS IDENTITY
);
CREATE INDEX predictions_newest ON predictions (created_at DESC, sequence DESC);
CREATE INDEX predictions_newest_of_pair ON predictions (pair, created_at DESC, sequence DESC);
CREATE INDEX predictions_by_model ON predictions (model_version_id);
