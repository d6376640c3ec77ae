// What a kernel needs of CUDA, for clang without the CUDA toolkit.
#pragma once

#define __global__ __attribute__((global))
#define __device__ __attribute__((device))
#define __shared__ __attribute__((shared))
#define __launch_bounds__(...) __attribute__((launch_bounds(__VA_ARGS__)))
#define INLINE static inline __device__ __attribute__((always_inline))

// A kernel is found by its name; only the host needs a way in.
#define KERNEL(name)

INLINE unsigned thread_index() { return __nvvm_read_ptx_sreg_tid_x(); }
INLINE unsigned block_index() { return __nvvm_read_ptx_sreg_ctaid_x(); }
INLINE unsigned block_size() { return __nvvm_read_ptx_sreg_ntid_x(); }
INLINE unsigned block_count() { return __nvvm_read_ptx_sreg_nctaid_x(); }
INLINE void block_barrier() { __nvvm_bar_sync(0); }

// All 32 lanes of the warp take part.
INLINE float shuffle(float value, int lane) { return __nvvm_shfl_sync_idx_f32(~0u, value, lane, 31); }
INLINE float shuffle_up(float value, int lanes) { return __nvvm_shfl_sync_up_f32(~0u, value, lanes, 0); }
INLINE float shuffle_down(float value, int lanes) { return __nvvm_shfl_sync_down_f32(~0u, value, lanes, 31); }
INLINE float exchange(float value, int with) { return __nvvm_shfl_sync_bfly_f32(~0u, value, with, 31); }
INLINE int count_of(int condition) { return __builtin_popcount(__nvvm_vote_ballot_sync(~0u, condition)); }
INLINE int shuffle(int value, int lane) { return __nvvm_shfl_sync_idx_i32(~0u, value, lane, 31); }
INLINE int shuffle_up(int value, int lanes) { return __nvvm_shfl_sync_up_i32(~0u, value, lanes, 0); }
// The lanes where it holds, a bit each.
INLINE unsigned lanes_that(int condition) { return __nvvm_vote_ballot_sync(~0u, condition); }
INLINE int any_of(int condition) { return __nvvm_vote_any_sync(~0u, condition); }
// The lanes that have the same value, a bit each.
INLINE unsigned peers_of(int value) { return __nvvm_match_any_sync_i32(~0u, value); }
INLINE void warp_barrier() { __nvvm_bar_warp_sync(~0u); }

// By value: clang 19 casts a part of a vector as if it were the first.
INLINE unsigned bits_of(float value) { return __builtin_bit_cast(unsigned, value); }
INLINE float float_of(unsigned bits) { return __builtin_bit_cast(float, bits); }

// Adds, and returns what was there.
INLINE int take(int* from, int count)
{
    int before;
    asm volatile("atom.global.add.s32 %0, [%1], %2;" : "=r"(before) : "l"(from), "r"(count) : "memory");
    return before;
}

INLINE void keep_least(unsigned long long* to, unsigned long long value) { asm volatile("red.global.min.u64 [%0], %1;" ::"l"(to), "l"(value) : "memory"); }
INLINE void add(float* to, float value) { asm volatile("red.global.add.f32 [%0], %1;" ::"l"(to), "f"(value) : "memory"); }
INLINE void add(double* to, double value) { asm volatile("red.global.add.f64 [%0], %1;" ::"l"(to), "d"(value) : "memory"); }
INLINE void add(int* to, int value) { asm volatile("red.global.add.s32 [%0], %1;" ::"l"(to), "r"(value) : "memory"); }

// Two neighbours at once where the architecture can; `to` is a multiple of 8 bytes.
INLINE void add_pair(float* to, float first, float second)
{
#if __CUDA_ARCH__ >= 900
    asm volatile("red.global.add.v2.f32 [%0], {%1, %2};" ::"l"(to), "f"(first), "f"(second) : "memory");
#else
    add(to, first);
    add(to + 1, second);
#endif
}

INLINE float exponential(float x)
{
    float y;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x * 1.44269504f));
    return y;
}

INLINE float logarithm(float x)
{
    float y;
    asm("lg2.approx.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y * 0.69314718f;
}

INLINE float square_root(float x)
{
    float y;
    asm("sqrt.rn.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}

// Within a unit of the last place.
INLINE float reciprocal(float x)
{
    float y;
    asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}

INLINE float fused(float a, float b, float c) { return __nvvm_fma_rn_f(a, b, c); }
INLINE float smaller(float a, float b) { return __nvvm_fmin_f(a, b); }
INLINE float larger(float a, float b) { return __nvvm_fmax_f(a, b); }
