#ifndef AIFX_SERVER_OPS_LIBRARY_PAGES_H_
#define AIFX_SERVER_OPS_LIBRARY_PAGES_H_

#include <cstddef>

namespace aifx::ops {

// Gives back the code and constants of shared libraries that were read so far, of every part of at
// least `min_bytes`, and returns the size of those parts. LibTorch touches 160 MiB of its file when
// it registers its operators, and a few MiB afterwards. What is used again comes from the system's
// cache of files, at the price of a page fault; parts that can be written stay (madvise(2),
// MADV_DONTNEED). Thread-safe; takes a millisecond or two. REQUIRES: code and constants are what
// the files have, as the linker leaves them; a debugger's breakpoints there are lost.
size_t ReleaseLibraryPages(size_t min_bytes = 16 << 20);

}  // namespace aifx::ops

#endif  // AIFX_SERVER_OPS_LIBRARY_PAGES_H_
