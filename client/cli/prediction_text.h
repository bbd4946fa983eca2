#ifndef AIFX_CLIENT_CLI_PREDICTION_TEXT_H_
#define AIFX_CLIENT_CLI_PREDICTION_TEXT_H_

#include <string>

#include "aifx/ml/v1/prediction_service.pb.h"

namespace aifx::cli {

// A prediction as a few aligned lines for a person: the signal first, then what it rests on.
std::string PredictionText(const ml::v1::PredictResponse& response, bool colour);

}  // namespace aifx::cli

#endif  // AIFX_CLIENT_CLI_PREDICTION_TEXT_H_
