// Enumerations of the contract and the form of a currency pair.
export const TIMEFRAMES = ['1min', '5min', '15min', '30min', '1h', '4h', '1d', '1w', '1M'];
export const SIGNALS = ['buy', 'sell', 'hold'];
export const OUTCOMES = ['win', 'loss', 'breakeven'];
export const SIGNAL_STRENGTHS = ['weak', 'moderate', 'strong', 'very_strong'];
export const MARKET_CONDITIONS = ['trending', 'ranging', 'volatile', 'calm'];
export const MODEL_STATUSES = ['trained', 'testing', 'deployed', 'retired'];
export const TRAINING_TYPES = ['full', 'incremental'];
export const TRADE_STATUSES = ['open', 'closed'];
export const AB_TEST_STATUSES = ['running', 'completed', 'cancelled'];
export const FACTORS = ['technical', 'sentiment', 'pattern'];

export function isPair(value) {
  return typeof value === 'string' && /^[A-Z]{3}\/[A-Z]{3}$/.test(value);
}
