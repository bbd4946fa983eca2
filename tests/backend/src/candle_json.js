// The JSON of many candles without an object for each: pages of ten thousand are what the engine mostly asks for.

// One text for all rows costs a third of what rows and columns cost on their way out of the database. Tabs and line
// breaks separate: no column holds one, and inside jsonb they are written as escapes. jsonb comes last, as
// concat_ws leaves it out where it is null.
const ROW = `concat_ws(E'\\t', id, "timestamp" AT TIME ZONE 'UTC', open, high, low, close, COALESCE(volume::text, ''),
                       COALESCE(spread::text, ''), created_at AT TIME ZONE 'UTC', technical_indicators)`;

/**
 * A query for the page that `rest` (everything from FROM on) selects: how many rows it has, and all of them in `lines`
 * as candlesJson takes them. The page is a query of its own, as rows in front of an offset would be written out too.
 */
export const selectCandles = (rest) =>
  `SELECT count(*)::int AS received, string_agg(${ROW}, E'\\n') AS lines FROM (SELECT * ${rest}) AS page`;

/** "2018-01-01 00:00:00.25" as "2018-01-01T00:00:00.250Z"; the database leaves out zeros at the end. */
function isoTime(text) {
  const milliseconds = text.slice(20, 23).padEnd(3, '0');
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${milliseconds}Z`;
}

const numberText = {
  string: (text) => (text === '' ? 'null' : `"${text}"`),
  number: (text) => (text === '' ? 'null' : String(Number(text))),
};

/** The candles of selectCandles' `lines` (null: none) as the text of a JSON list. */
export function candlesJson(lines, { pair, timeframe, numberForm, withSpread }) {
  const number = numberText[numberForm];
  const series = `","pair":${JSON.stringify(pair)},"timeframe":${JSON.stringify(timeframe)},"timestamp":"`;
  const candles = (lines === null ? [] : lines.split('\n')).map((line) => {
    const [id, time, open, high, low, close, volume, spread, createdAt, indicators = 'null'] = line.split('\t');
    return `{"id":"${id}${series}${isoTime(time)}","open":${number(open)},"high":${number(high)},"low":${number(low)}`
      + `,"close":${number(close)},"volume":${number(volume)}${withSpread ? `,"spread":${number(spread)}` : ''}`
      + `,"technicalIndicators":${indicators},"createdAt":"${isoTime(createdAt)}"}`;
  });
  return `[${candles.join(',')}]`;
}
