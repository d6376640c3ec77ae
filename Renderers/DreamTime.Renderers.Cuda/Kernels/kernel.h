// One source for a GPU (clang -x cuda) and for the CPU (clang -x c++).
#pragma once
#ifdef __CUDA__
#include "device.h"
#else
#include "host.h"
#endif

// Loaded and stored at once: 8 and 16 bytes, at multiples of their size.
typedef float pair __attribute__((ext_vector_type(2)));
typedef float quad __attribute__((ext_vector_type(4)));

// Through the cache for what no thread of the kernel writes; never taken apart.
INLINE quad load_constant(const quad* from)
{
#ifdef __CUDA__
    quad to;
    asm("ld.global.nc.v4.f32 {%0, %1, %2, %3}, [%4];" : "=f"(to.x), "=f"(to.y), "=f"(to.z), "=f"(to.w) : "l"(from));
    return to;
#else
    return *from;
#endif
}

INLINE unsigned global_index() { return block_index() * block_size() + thread_index(); }

// CounterRandom.Uniform of the library: SplitMix64 over (seed, step, view, dimension).
INLINE unsigned long long mix(unsigned long long z)
{
    z += 0x9E3779B97F4A7C15ull;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
}

INLINE unsigned long long counter_random(unsigned long long seed, unsigned step, unsigned view, unsigned dimension)
{
    unsigned long long hash = mix(seed);
    hash = mix(hash ^ step);
    hash = mix(hash ^ view);
    return mix(hash ^ dimension) >> 11; // of 2^53
}
