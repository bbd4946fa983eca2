#include "core/features/stationary_v1_columns.h"

namespace aifx::features::stationary_v1 {

// atr(n): simple mean of n true ranges. rms(n): root mean square of n one-bar log returns.
// x[-k]: k candles before. A ratio over 0 is 0.
const std::array<ColumnDefinition, kColumnCount> kColumns = {{
    {"return_1", ColumnKind::kPrice, "log(close/close[-1])/(rms(30)*sqrt(1))", 31},
    {"return_2", ColumnKind::kPrice, "log(close/close[-2])/(rms(30)*sqrt(2))", 31},
    {"return_4", ColumnKind::kPrice, "log(close/close[-4])/(rms(30)*sqrt(4))", 31},
    {"return_8", ColumnKind::kPrice, "log(close/close[-8])/(rms(30)*sqrt(8))", 31},
    {"return_24", ColumnKind::kPrice, "log(close/close[-24])/(rms(30)*sqrt(24))", 31},
    {"sma_distance_5", ColumnKind::kPrice, "clamp((close-sma(5))/atr(14),10)", 15},
    {"sma_distance_10", ColumnKind::kPrice, "clamp((close-sma(10))/atr(14),10)", 15},
    {"sma_distance_20", ColumnKind::kPrice, "clamp((close-sma(20))/atr(14),10)", 20},
    {"sma_distance_50", ColumnKind::kPrice, "clamp((close-sma(50))/atr(14),10)", 50},
    {"band_position_20", ColumnKind::kPrice, "(close-sma(20))/(2*std(close,20,ddof=1))", 20},
    {"rsi_14", ColumnKind::kPrice, "rsi(14,simple means)/50-1", 15},
    {"stochastic_14", ColumnKind::kPrice, "2*(close-min(low,14))/(max(high,14)-min(low,14))-1", 14},
    {"atr_14_against_48", ColumnKind::kPrice, "(atr(14)-atr(48))/(atr(14)+atr(48))", 49},
    {"volatility_10_against_30", ColumnKind::kPrice, "(rms(10)-rms(30))/(rms(10)+rms(30))", 31},
    {"body", ColumnKind::kPrice, "(close-open)/atr(14)", 15},
    {"range", ColumnKind::kPrice, "(high-low)/atr(14)", 15},
    {"gap", ColumnKind::kPrice, "(open-close[-1])/atr(14)", 15},
    {"after_break", ColumnKind::kTime, "step>1.5*min(step,24);step=open_time-open_time[-1]", 25},
    {"london_hour_sin", ColumnKind::kTime, "sin(2pi*minute_of_day(Europe/London)/1440)", 1},
    {"london_hour_cos", ColumnKind::kTime, "cos(2pi*minute_of_day(Europe/London)/1440)", 1},
    {"new_york_hour_sin", ColumnKind::kTime, "sin(2pi*minute_of_day(America/New_York)/1440)", 1},
    {"new_york_hour_cos", ColumnKind::kTime, "cos(2pi*minute_of_day(America/New_York)/1440)", 1},
    {"weekday_sin", ColumnKind::kTime, "sin(2pi*weekday(America/New_York,monday=0)/7)", 1},
    {"weekday_cos", ColumnKind::kTime, "cos(2pi*weekday(America/New_York,monday=0)/7)", 1},
}};

}  // namespace aifx::features::stationary_v1
