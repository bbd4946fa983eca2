// Accuracy over the predictions that have an outcome.

const FILTER = `
  actual_outcome <> 'pending'
  AND ($1::uuid IS NULL OR model_version_id = $1) AND ($2::text IS NULL OR pair = $2)
  AND ($3::timestamptz IS NULL OR created_at >= $3) AND ($4::timestamptz IS NULL OR created_at <= $4)
  AND ($5::numeric IS NULL OR confidence >= $5)`;

const OVERALL = `
  SELECT count(*)::int AS total,
         count(*) FILTER (WHERE actual_outcome = 'win')::int AS wins,
         count(*) FILTER (WHERE actual_outcome = 'loss')::int AS losses,
         count(*) FILTER (WHERE actual_outcome = 'breakeven')::int AS breakeven,
         count(actual_pnl)::int AS trades,
         round(COALESCE(avg(actual_pnl), 0), 2) AS average_pnl,
         COALESCE(sum(actual_pnl), 0.00) AS total_pnl
  FROM predictions WHERE ${FILTER}`;

// Bands of a tenth; a confidence of 1 belongs to the last one.
const BY_CONFIDENCE = `
  SELECT LEAST(floor(confidence * 10), 9)::int AS band, count(*)::int AS total,
         count(*) FILTER (WHERE actual_outcome = 'win')::int AS wins
  FROM predictions WHERE ${FILTER} GROUP BY band ORDER BY band`;

/** Share in percent to 2 decimals; 0 of nothing. */
const percent = (part, whole) => (whole === 0 ? 0 : Math.round((part / whole) * 10000) / 100);

const bandName = (band) => `${(band / 10).toFixed(1)}-${((band + 1) / 10).toFixed(1)}`;

/** Everything of GET /predictions/accuracy but the filters; `number` gives sums of DECIMAL columns their wire form. */
export async function readAccuracy(database, filters, number) {
  const { modelVersionId, pair, startDate, endDate, minConfidence } = filters;
  const params = [modelVersionId, pair, startDate, endDate, minConfidence];
  const [all] = await database.query(OVERALL, params);
  const bands = await database.query(BY_CONFIDENCE, params);
  const averagePnL = number(all.average_pnl);
  const totalPnL = number(all.total_pnl);
  return {
    overall: { totalPredictions: all.total, winRate: percent(all.wins, all.total), averagePnL, totalPnL },
    outcomeDistribution: { wins: all.wins, losses: all.losses, breakeven: all.breakeven },
    accuracyByConfidence: bands.map(({ band, total, wins }) => ({
      confidenceRange: bandName(band),
      totalPredictions: total,
      accuracy: percent(wins, total),
    })),
    performance: { totalTrades: all.trades, avgPnL: averagePnL, totalPnL },
  };
}
