import { FACTORS, MARKET_CONDITIONS, SIGNAL_STRENGTHS, SIGNALS } from './domain.js';
import { badRequest, validationError } from './errors.js';
import { finiteNumber, requireEnum, requireFields, requirePair, requireTimeframe } from './validate.js';

const OPTIONAL_NUMBERS = ['stopLoss', 'takeProfit', 'riskRewardRatio', 'positionSize'];

const isAbsent = (value) => value === undefined || value === null;

function checkConfidence(value) {
  const confidence = finiteNumber(value);
  if (confidence === undefined || confidence < 0 || confidence > 1) {
    throw badRequest('INVALID_CONFIDENCE', `confidence is ${value}, it must be between 0 and 1`);
  }
}

function checkFactors(factors) {
  for (const name of FACTORS) {
    const value = factors?.[name];
    if (typeof value !== 'number' || value < 0 || value > 1) {
      throw validationError(`factors.${name} is ${value}, it must be a number between 0 and 1`);
    }
  }
}

function checkNumbers(body) {
  for (const name of ['entryPrice', ...OPTIONAL_NUMBERS]) {
    if (!isAbsent(body[name]) && finiteNumber(body[name]) === undefined) {
      throw validationError(`${name} is ${JSON.stringify(body[name])}, it must be a number`);
    }
  }
}

/** For buy, stopLoss < entryPrice < takeProfit; for sell the reverse; an absent level is not judged. */
function checkLevels({ signal, entryPrice, stopLoss, takeProfit }) {
  if (signal === 'hold') return;
  const direction = signal === 'buy' ? 1 : -1;
  const [belowForBuy, aboveForBuy] = signal === 'buy' ? ['below', 'above'] : ['above', 'below'];
  if (!isAbsent(stopLoss) && direction * (entryPrice - stopLoss) <= 0) {
    throw validationError(`stopLoss ${stopLoss} must be ${belowForBuy} entryPrice ${entryPrice} for ${signal}`);
  }
  if (!isAbsent(takeProfit) && direction * (takeProfit - entryPrice) <= 0) {
    throw validationError(`takeProfit ${takeProfit} must be ${aboveForBuy} entryPrice ${entryPrice} for ${signal}`);
  }
}

/** Refuses what the platform refuses: first what its route checks (400), then what its database layer does (500). */
export function checkPrediction(body) {
  requireFields(body, ['pair', 'timeframe', 'signal', 'confidence', 'entryPrice']);
  requirePair(body.pair);
  if (!SIGNALS.includes(body.signal)) throw badRequest('INVALID_SIGNAL', `signal is '${body.signal}', it must be one of ${SIGNALS.join(', ')}`);
  checkConfidence(body.confidence);
  requireTimeframe(body.timeframe);
  checkFactors(body.factors);
  if (!isAbsent(body.signalStrength)) requireEnum('signalStrength', body.signalStrength, SIGNAL_STRENGTHS);
  if (!isAbsent(body.marketCondition)) requireEnum('marketCondition', body.marketCondition, MARKET_CONDITIONS);
  checkNumbers(body);
  checkLevels(body);
}
