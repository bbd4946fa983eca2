// A line for every candle that closes. Usage: node watch.js HOST:PORT [PAIR] [COUNT]
//
// A watch ends when the server is restarted or the connection is renewed: watch again then. A
// candle that closed in between is had by Predict.
import { codeName, connect } from "./engine.js";

const [address, pair = "EUR/USD", count = "Infinity"] = process.argv.slice(2);
if (!address) {
  console.error("usage: node watch.js HOST:PORT [PAIR] [COUNT]");
  process.exit(2);
}
const engine = connect(address, { token: process.env.AIFX_TOKEN });
const watch = engine.stream("predictions", "WatchPredictions", {
  pairs: [pair],
  timeframes: ["TIMEFRAME_1H"],
});
watch.on("metadata", () => console.log("watching"));
let left = Number(count);
try {
  for await (const { prediction, dropped } of watch) {
    console.log(`${prediction.pair} ${prediction.signal} as of ${prediction.as_of.seconds}`);
    if (dropped > 0) console.log(`${dropped} were lost: we read too slowly`);
    if (--left <= 0) break;
  }
} catch (error) {
  console.error(`${codeName(error)}: ${error.details}`);
  process.exitCode = 1;
} finally {
  watch.cancel();
  engine.close();
}
