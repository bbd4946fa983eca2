-- One published value of a macroeconomic series. A revision is a further row with a later released_at.
CREATE TABLE fundamental_data (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  -- Start of the reference period.
  date date NOT NULL,
  country text NOT NULL,
  indicator text NOT NULL,
  value numeric(20, 6) NOT NULL,
  unit text,
  source text,
  -- When the value became known; null where that is not known.
  released_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE NULLS NOT DISTINCT (indicator, country, date, released_at)
);
CREATE INDEX fundamental_data_by_date ON fundamental_data (date, released_at);

-- One entry of the economic calendar. Values are in the event's own unit.
CREATE TABLE economic_events (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  event_date timestamptz NOT NULL,
  currency text NOT NULL,
  event_name text NOT NULL,
  impact_level text NOT NULL,
  forecast_value numeric(20, 6),
  actual_value numeric(20, 6),
  previous_value numeric(20, 6),
  source text,
  -- False: event_date is the start of the event's day; null counts as true.
  time_known boolean,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (event_date, currency, event_name)
);
CREATE INDEX economic_events_by_currency ON economic_events (currency, event_date);
