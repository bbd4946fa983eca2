#ifndef AIFX_CORE_MODEL_INSTRUCTION_SETS_H_
#define AIFX_CORE_MODEL_INSTRUCTION_SETS_H_

namespace aifx::model {

// Whether this process may use the tiles of AMX, for bfloat16 and int8. Linux grants them to a
// process that asks, as this does; without that their first use ends it. Thread-safe.
bool HasAmx();

}  // namespace aifx::model

#endif  // AIFX_CORE_MODEL_INSTRUCTION_SETS_H_
