// A stable radix sort of pairs by eight bits of their keys at a time: blocks count digits, a prefix sum finds each digit's place in each block's share, blocks move their pairs.
// Nothing depends on the order in which threads come to it.
#include "splat.h"

#define DIGITS 256
#define WARPS 8
// Pairs of a thread.
#define ITEMS 16

INLINE int digit_of(unsigned key, int shift) { return (int)(key >> shift & (DIGITS - 1)); }

// The warp's share, all loads under way at once. Beyond the end of the array keys do not matter.
INLINE void load_keys(const unsigned* from, int begin, int count, unsigned* keys)
{
#pragma unroll
    for (int k = 0; k < ITEMS; k++)
    {
        int i = begin + 32 * k + (int)thread_index() % 32;
        keys[k] = i < count ? from[i] : 0;
    }
}

// In order: for each pair the pairs of its digit before it in the warp's share, and in counts, at the end, all of each digit. What is beyond the end of the array counts as DIGITS.
INLINE void count_digits(const unsigned* keys, int begin, int count, int shift, int* counts, int* before)
{
    int lane = thread_index() % 32;
#pragma unroll
    for (int k = 0; k < ITEMS; k++)
    {
        int digit = begin + 32 * k + lane < count ? digit_of(keys[k], shift) : DIGITS;
        unsigned peers = peers_of(digit);
        int lower = __builtin_popcount(peers & ((1u << lane) - 1));
        before[k] = counts[digit] + lower;
        // All have read before one adds, and it has added before the next read.
        warp_barrier();
        if (lower == 0)
            counts[digit] += __builtin_popcount(peers);
        warp_barrier();
    }
}

#define BEGIN_OF_WARP (32 * ITEMS * (WARPS * (int)block_index() + (int)thread_index() / 32))

INLINE void clear_counts(int (*counts)[DIGITS + 1])
{
    for (int at = thread_index(); at < WARPS * (DIGITS + 1); at += 32 * WARPS)
        counts[0][at] = 0;
    block_barrier();
}

// histogram: [DIGITS][blocks].
extern "C" __global__ void __launch_bounds__(256) splat_histogram(const unsigned* keys, int count, int shift, int* histogram)
{
    __shared__ int counts[WARPS][DIGITS + 1];
    unsigned mine[ITEMS];
    int before[ITEMS], begin = BEGIN_OF_WARP;
    load_keys(keys, begin, count, mine);
    clear_counts(counts);
    count_digits(mine, begin, count, shift, counts[thread_index() / 32], before);
    block_barrier();
    int all = 0;
    for (int warp = 0; warp < WARPS; warp++)
        all += counts[warp][thread_index()];
    histogram[thread_index() * block_count() + block_index()] = all;
}
KERNEL(splat_histogram)

// starts: the histogram's prefix sum.
extern "C" __global__ void __launch_bounds__(256) splat_scatter(
    const unsigned* keys, const int* values, int count, int shift, const int* starts, unsigned* keys_to, int* values_to)
{
    __shared__ int counts[WARPS][DIGITS + 1];
    unsigned mine[ITEMS];
    int before[ITEMS], thread = thread_index(), begin = BEGIN_OF_WARP;
    load_keys(keys, begin, count, mine);
    clear_counts(counts);
    count_digits(mine, begin, count, shift, counts[thread / 32], before);
    block_barrier();
    int at = starts[thread * block_count() + block_index()];
    for (int warp = 0; warp < WARPS; warp++)
    {
        int here = counts[warp][thread];
        counts[warp][thread] = at;
        at += here;
    }
    block_barrier();
#pragma unroll
    for (int k = 0; k < ITEMS; k++)
    {
        int i = begin + 32 * k + thread % 32;
        if (i < count)
        {
            int to = counts[thread / 32][digit_of(mine[k], shift)] + before[k];
            keys_to[to] = mine[k];
            values_to[to] = values[i];
        }
    }
}
KERNEL(splat_scatter)
