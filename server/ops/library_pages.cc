#include "server/ops/library_pages.h"

#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

namespace aifx::ops {
namespace {

struct Release {
  size_t min_bytes;
  size_t bytes = 0;
};

int ReleaseOne(dl_phdr_info* library, size_t, void* data) {
  auto& release = *static_cast<Release*>(data);
  const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  for (size_t i = 0; i < library->dlpi_phnum; ++i) {
    const ElfW(Phdr)& part = library->dlpi_phdr[i];
    // A part that can be written holds what the linker and the program put there, also where it is
    // sealed later.
    if (part.p_type != PT_LOAD || (part.p_flags & PF_W) != 0) continue;
    const uintptr_t begin = (library->dlpi_addr + part.p_vaddr + page - 1) / page * page;
    const uintptr_t end = (library->dlpi_addr + part.p_vaddr + part.p_memsz) / page * page;
    if (end <= begin || end - begin < release.min_bytes) continue;
    if (madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED) == 0) {
      release.bytes += end - begin;
    }
  }
  return 0;
}

}  // namespace

size_t ReleaseLibraryPages(size_t min_bytes) {
  Release release{.min_bytes = min_bytes};
  dl_iterate_phdr(&ReleaseOne, &release);
  return release.bytes;
}

}  // namespace aifx::ops
