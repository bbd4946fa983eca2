// One prediction from the backend's newest candles. Usage: node predict.js HOST:PORT [PAIR] [MS]
import { codeName, connect } from "./engine.js";

const [address, pair = "EUR/USD", timeoutMs = "10000"] = process.argv.slice(2);
if (!address) {
  console.error("usage: node predict.js HOST:PORT [PAIR] [MILLISECONDS]");
  process.exit(2);
}
const engine = connect(address, { token: process.env.AIFX_TOKEN });
try {
  const { prediction } = await engine.call(
    "predictions",
    "Predict",
    { pair, timeframe: "TIMEFRAME_1H" },
    Number(timeoutMs),
  );
  console.log(
    `${prediction.pair} ${prediction.signal} confidence ${prediction.confidence.toFixed(2)}`,
  );
  for (const { code, text } of prediction.warnings ?? []) console.log(`${code}: ${text}`);
} catch (error) {
  // DEADLINE_EXCEEDED: too slow for us. RESOURCE_EXHAUSTED: ask again after RetryInfo.
  // INVALID_ARGUMENT: the message names the field; asking again is of no use.
  console.error(`${codeName(error)}: ${error.details}`);
  process.exitCode = 1;
} finally {
  engine.close();
}
