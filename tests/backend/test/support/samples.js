export function buyPrediction(changes = {}) {
  return {
    pair: 'EUR/USD',
    timeframe: '1h',
    signal: 'buy',
    confidence: 0.85,
    factors: { technical: 0.8, sentiment: 0.5, pattern: 0.6 },
    entryPrice: 1.095,
    stopLoss: 1.09,
    takeProfit: 1.105,
    ...changes,
  };
}

/** `count` hourly candles from 2018-01-01T00:00Z on, each a pip higher than the one before. */
export function hourlyCandles(count) {
  return Array.from({ length: count }, (_, hour) => {
    const open = 1.1 + hour * 0.0001;
    return {
      timestamp: new Date(Date.UTC(2018, 0, 1, hour)).toISOString(),
      open: open.toFixed(5),
      high: (open + 0.001).toFixed(5),
      low: (open - 0.001).toFixed(5),
      close: (open + 0.0005).toFixed(5),
      volume: 1000 + hour,
      spread: 0.00012,
    };
  });
}
