// A driver without a GPU, for tests: memory is this processor's, and a kernel is its own source compiled for it.
//   FAKE_CUDA_KERNELS  the folder of the kernels' libraries (*.so)
//   FAKE_CUDA_FAULT    CALL:ERROR, what a call answers instead of doing its work
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <dlfcn.h>
#include <string>

typedef void (*Kernel)(const uint64_t* slots, unsigned blocks, unsigned threads);

static void* current;

static int fault(const char* call)
{
    const char* wanted = getenv("FAKE_CUDA_FAULT");
    size_t length = strlen(call);
    return wanted && !strncmp(wanted, call, length) && wanted[length] == ':' ? atoi(wanted + length + 1) : 0;
}

#define OR_FAULT(name, ...) \
    if (int error = fault(#name)) \
        return error; \
    __VA_ARGS__; \
    return 0;

extern "C"
{
    int cuInit(unsigned) { OR_FAULT(cuInit) }
    int cuDriverGetVersion(int* version) { OR_FAULT(cuDriverGetVersion, *version = 12040) }
    int cuDeviceGetCount(int* count) { OR_FAULT(cuDeviceGetCount, *count = 2) }
    int cuDeviceGet(int* device, int ordinal) { OR_FAULT(cuDeviceGet, *device = ordinal) }
    int cuDeviceGetName(char* name, int length, int device) { OR_FAULT(cuDeviceGetName, snprintf(name, length, "Fake GPU %d", device)) }
    int cuDeviceTotalMem_v2(size_t* bytes, int) { OR_FAULT(cuDeviceTotalMem_v2, *bytes = (size_t)8 << 30) }

    int cuDeviceGetAttribute(int* value, int attribute, int)
    {
        // 16: multiprocessors; 75 and 76: compute capability, below that of tensor cores, since a test's kernels are few; 115: memory pools.
        OR_FAULT(cuDeviceGetAttribute, *value = attribute == 16 ? 1 : attribute == 75 ? 7 : attribute == 76 ? 5 : attribute == 115)
    }

    int cuGetErrorName(int error, const char** name)
    {
        *name = error == 2 ? "CUDA_ERROR_OUT_OF_MEMORY" : error == 100 ? "CUDA_ERROR_NO_DEVICE" : error == 222 ? "CUDA_ERROR_UNSUPPORTED_PTX_VERSION" : "CUDA_ERROR";
        return 0;
    }

    int cuDevicePrimaryCtxRetain(void** context, int device) { OR_FAULT(cuDevicePrimaryCtxRetain, *context = (void*)(intptr_t)(device + 1)) }
    int cuDevicePrimaryCtxRelease_v2(int) { OR_FAULT(cuDevicePrimaryCtxRelease_v2) }
    int cuCtxGetCurrent(void** context) { OR_FAULT(cuCtxGetCurrent, *context = current) }
    int cuCtxSetCurrent(void* context) { OR_FAULT(cuCtxSetCurrent, current = context) }
    int cuCtxSynchronize() { OR_FAULT(cuCtxSynchronize) }

    int cuModuleLoadDataEx(void** module, const char* text, unsigned, int*, void**)
    {
        OR_FAULT(cuModuleLoadDataEx, *module = strstr(text, ".visible .entry") ? (void*)1 : nullptr)
    }
    int cuModuleUnload(void*) { OR_FAULT(cuModuleUnload) }

    int cuModuleGetFunction(void** function, void*, const char* name)
    {
        if (int error = fault("cuModuleGetFunction"))
            return error;
        if (fault("cuLaunchKernel"))
            return *function = (void*)1, 0; // It is never called.
        const char* folder = getenv("FAKE_CUDA_KERNELS");
        DIR* files = folder ? opendir(folder) : nullptr;
        if (!files)
            return 301;
        *function = nullptr;
        for (dirent* file; !*function && (file = readdir(files));)
            if (strstr(file->d_name, ".so") && strncmp(file->d_name, "lib", 3))
                if (void* library = dlopen((std::string(folder) + "/" + file->d_name).c_str(), RTLD_NOW))
                    *function = dlsym(library, (std::string("host_") + name).c_str());
        closedir(files);
        return *function ? 0 : 500;
    }

    int cuFuncGetAttribute(int* value, int, void*) { OR_FAULT(cuFuncGetAttribute, *value = 0) }
    int cuMemAlloc_v2(void** address, size_t bytes) { OR_FAULT(cuMemAlloc_v2, *address = aligned_alloc(256, (bytes + 255) / 256 * 256)) }
    int cuMemFree_v2(void* address) { OR_FAULT(cuMemFree_v2, free(address)) }
#ifndef AN_OLD_DRIVER
    int cuMemPoolCreate(void** pool, const int* properties) { OR_FAULT(cuMemPoolCreate, *pool = properties[0] == 1 && properties[2] == 1 ? (void*)1 : nullptr) }
#endif
    int cuMemPoolSetAttribute(void*, int, void*) { OR_FAULT(cuMemPoolSetAttribute) }
    int cuMemPoolDestroy(void*) { OR_FAULT(cuMemPoolDestroy) }
    int cuMemAllocFromPoolAsync(void** address, size_t bytes, void* pool, void*) { return pool ? cuMemAlloc_v2(address, bytes) : 1; }
    int cuMemFreeAsync(void* address, void*) { return cuMemFree_v2(address); }
    int cuMemcpyHtoD_v2(void* to, const void* from, size_t bytes) { OR_FAULT(cuMemcpyHtoD_v2, memcpy(to, from, bytes)) }
    int cuMemcpyDtoH_v2(void* to, const void* from, size_t bytes) { OR_FAULT(cuMemcpyDtoH_v2, memcpy(to, from, bytes)) }
    int cuMemsetD8Async(void* address, unsigned char value, size_t bytes, void*) { OR_FAULT(cuMemsetD8Async, memset(address, value, bytes)) }
    int cuEventCreate(void** handle, unsigned) { OR_FAULT(cuEventCreate, *handle = (void*)1) }
    int cuEventDestroy_v2(void*) { OR_FAULT(cuEventDestroy_v2) }
    int cuEventRecord(void*, void*) { OR_FAULT(cuEventRecord) }
    int cuEventSynchronize(void*) { OR_FAULT(cuEventSynchronize) }
    int cuEventElapsedTime(float* milliseconds, void*, void*) { OR_FAULT(cuEventElapsedTime, *milliseconds = 1) }

    int cuLaunchKernel(Kernel kernel, unsigned blocks, unsigned, unsigned, unsigned threads, unsigned, unsigned, unsigned, void*, void** parameters, void**)
    {
        // The host lays its arguments side by side in slots of 8 bytes.
        OR_FAULT(cuLaunchKernel, kernel((const uint64_t*)parameters[0], blocks, threads))
    }
}
