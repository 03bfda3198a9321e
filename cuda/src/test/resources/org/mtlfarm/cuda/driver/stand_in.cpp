// Stands in for libcuda.so.1 and (with BLAS defined) libcublas.so.13: the functions that the engine calls, on the host. Behind it
// stand the kernels' text and its shim. It is strict where the driver is: a thread without a context is refused, arguments are
// copied when a launch is given, a capture does nothing, and memory begins as NaN.
#include <cstdlib>
#include <cstring>
#include <functional>
#include <mutex>
#include <vector>

typedef unsigned long long Address;
typedef std::vector<std::function<void()>> Work;
struct Stream {
  bool capturing;
  Work captured;
};

#define API extern "C" __attribute__((visibility("default")))
API int standInGive(Stream *stream, std::function<void()> *work);

#ifdef BLAS

struct Handle {
  Stream *stream;
  bool workspace;
};

API int cublasCreate_v2(Handle **handle) { *handle = new Handle{nullptr, false}; return 0; }
API int cublasDestroy_v2(Handle *handle) { delete handle; return 0; }
API int cublasGetVersion_v2(Handle *, int *version) { *version = 130002; return 0; }
API int cublasSetStream_v2(Handle *handle, Stream *stream) { handle->stream = stream; handle->workspace = false; return 0; }
API int cublasSetWorkspace_v2(Handle *handle, void *memory, size_t bytes) {
  handle->workspace = (size_t)memory % 256 == 0 && bytes > 0;
  return handle->workspace ? 0 : 7;
}
API int cublasSetMathMode(Handle *, int mode) { return mode == 0 || mode == 3 ? 0 : 7; }
API const char *cublasGetStatusName(int) { return "STAND_IN_REFUSED"; }

API int cublasSgemmBatched(Handle *handle, int ta, int tb, int m, int n, int k, const float *alpha, const float *const a[], int lda,
                           const float *const b[], int ldb, const float *beta, float *const c[], int ldc, int count) {
  if (!handle->workspace || !handle->stream || lda < (ta ? k : m) || ldb < (tb ? n : k) || ldc < m || count < 1) {
    return 7;
  }
  float by = *alpha, with = *beta;
  std::function<void()> work = [=] {
    for (int lane = 0; lane < count; lane++) {
      for (int column = 0; column < n; column++) {
        for (int row = 0; row < m; row++) {
          float sum = 0;
          for (int i = 0; i < k; i++) {
            sum += a[lane][ta ? i + row * lda : row + i * lda] * b[lane][tb ? column + i * ldb : i + column * ldb];
          }
          float *to = c[lane] + row + column * ldc;
          *to = by * sum + (with == 0 ? 0 : with * *to);
        }
      }
    }
  };
  return standInGive(handle->stream, &work);
}

#else

static thread_local bool entered;
static int context;
#define NEEDS_CONTEXT if (!entered) return 201

API int standInGive(Stream *stream, std::function<void()> *work) {
  NEEDS_CONTEXT;
  if (stream->capturing) {
    stream->captured.push_back(*work);
  } else {
    (*work)();
  }
  return 0;
}

// NVRTC asks for its cache, which lives in a driver.
API int cuGetExportTable(const void **, const void *) { return 500; }
API int cuInit(unsigned) { return 0; }
API int cuDriverGetVersion(int *version) { *version = 13000; return 0; }
API int cuDeviceGetCount(int *count) { *count = 1; return 0; }
API int cuDeviceGet(int *device, int index) { *device = index; return 0; }
API int cuDeviceGetName(char *name, int length, int) { strncpy(name, "stand-in", length); return 0; }
API int cuDeviceGetAttribute(int *value, int attribute, int) {
  *value = attribute == 75 ? 9 : attribute == 76 ? 0 : attribute == 16 ? 132 : attribute == 13 ? 1980000 : 1000;
  return 0;
}
API int cuDeviceTotalMem_v2(size_t *bytes, int) { *bytes = (size_t)1 << 30; return 0; }
API int cuDevicePrimaryCtxSetFlags_v2(int, unsigned flags) { return flags == 4 ? 0 : 1; }
API int cuDevicePrimaryCtxRetain(void **found, int) { *found = &context; return 0; }
API int cuDevicePrimaryCtxRelease_v2(int) { return 0; }
API int cuCtxSetCurrent(void *wanted) { entered = wanted == &context; return entered ? 0 : 201; }
API int cuCtxSynchronize() { return 0; }
API int cuMemGetInfo_v2(size_t *free, size_t *total) { NEEDS_CONTEXT; *free = *total = (size_t)1 << 30; return 0; }
API int cuMemAlloc_v2(Address *address, size_t bytes) {
  NEEDS_CONTEXT;
  if (bytes > (size_t)1 << 28) {
    return 2;
  }
  void *memory = aligned_alloc(256, (bytes + 255) / 256 * 256);
  memset(memory, 0xFF, bytes);
  *address = (Address)memory;
  return 0;
}
API int cuMemFree_v2(Address address) { NEEDS_CONTEXT; free((void *)address); return 0; }
API int cuMemHostAlloc(void **memory, size_t bytes, unsigned flags) {
  NEEDS_CONTEXT;
  *memory = malloc(bytes);
  return flags == 1 ? 0 : 1;
}
API int cuMemFreeHost(void *memory) { NEEDS_CONTEXT; free(memory); return 0; }

static int copy(Stream *stream, void *to, const void *from, size_t bytes) {
  NEEDS_CONTEXT;
  if (stream->capturing) {
    return 900;
  }
  memcpy(to, from, bytes);
  return 0;
}
API int cuMemcpyHtoDAsync_v2(Address to, const void *from, size_t bytes, Stream *stream) {
  return copy(stream, (void *)to, from, bytes);
}
API int cuMemcpyDtoHAsync_v2(void *to, Address from, size_t bytes, Stream *stream) {
  return copy(stream, to, (const void *)from, bytes);
}
API int cuMemsetD8Async(Address to, unsigned char value, size_t bytes, Stream *) {
  NEEDS_CONTEXT;
  memset((void *)to, value, bytes);
  return 0;
}

API int cuModuleLoadData(void **module, const void *image) {
  NEEDS_CONTEXT;
  *module = &context;
  return memcmp(image, "\x7F" "ELF", 4) == 0 ? 0 : 200;
}
API int cuModuleUnload(void *) { return 0; }
API int cuModuleGetFunction(void **function, void *, const char *name) {
  for (size_t index = 0; index < sizeof(kernels) / sizeof(kernels[0]); index++) {
    if (strcmp(kernelNames[index], name) == 0) {
      *function = (void *)(index + 1);
      return 0;
    }
  }
  return 500;
}
API int cuLaunchKernel(void *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned shared,
                       Stream *stream, void **parameters, void **extra) {
  if (gz != 1 || by != 1 || bz != 1 || shared != 0 || extra != nullptr || bx > 1024 || gx < 1 || gy < 1) {
    return 1;
  }
  Kernel kernel = kernels[(size_t)function - 1];
  Gang gang = *(Gang *)parameters[0];
  int a = *(int *)parameters[1], b = *(int *)parameters[2], c = *(int *)parameters[3];
  std::function<void()> work = [=] {
    blockDim = {bx, 1, 1};
    gridDim = {gx, gy, 1};
    for (unsigned lane = 0; lane < gy; lane++) {
      for (unsigned block = 0; block < gx; block++) {
        blockIdx = {block, lane, 0};
        for (unsigned thread = 0; thread < bx; thread++) {
          threadIdx = {thread, 0, 0};
          kernel(gang, a, b, c);
        }
      }
    }
  };
  return standInGive(stream, &work);
}

API int cuStreamCreate(Stream **stream, unsigned flags) {
  NEEDS_CONTEXT;
  *stream = new Stream{false, {}};
  return flags == 1 ? 0 : 1;
}
API int cuStreamDestroy_v2(Stream *stream) { NEEDS_CONTEXT; delete stream; return 0; }
API int cuStreamSynchronize(Stream *stream) { NEEDS_CONTEXT; return stream->capturing ? 900 : 0; }
API int cuStreamBeginCapture_v2(Stream *stream, int mode) {
  NEEDS_CONTEXT;
  stream->capturing = true;
  return mode == 1 ? 0 : 1;
}
API int cuStreamEndCapture(Stream *stream, Work **graph) {
  NEEDS_CONTEXT;
  stream->capturing = false;
  *graph = new Work(stream->captured);
  stream->captured.clear();
  return 0;
}
API int cuGraphInstantiateWithFlags(Work **executable, Work *graph, Address flags) {
  NEEDS_CONTEXT;
  *executable = new Work(*graph);
  return flags == 0 ? 0 : 1;
}
API int cuGraphLaunch(Work *executable, Stream *stream) {
  for (auto &each : *executable) {
    int result = standInGive(stream, &each);
    if (result) {
      return result;
    }
  }
  return 0;
}
API int cuGraphExecDestroy(Work *executable) { delete executable; return 0; }
API int cuGraphDestroy(Work *graph) { delete graph; return 0; }
API int cuGetErrorName(int, const char **text) { *text = "STAND_IN_ERROR"; return 0; }
API int cuGetErrorString(int, const char **text) { *text = "the stand-in refused"; return 0; }

#endif
