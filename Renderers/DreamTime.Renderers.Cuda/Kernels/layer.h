// One layer of a network for one thread, whose activations are a column of the block's shared memory.
#pragma once
#include "kernel.h"

// Threads of a block, and the most inputs.
#define THREADS 64
#define INPUTS 32

// sums[o] = sum over i of activations[i] matrix[i][o], the matrix's rows OUT long.
template <int OUT> INLINE void multiply(const float* activations, int count, const float* matrix, float* sums)
{
#pragma unroll
    for (int o = 0; o < OUT; o++)
        sums[o] = 0;
#pragma unroll 2
    for (int i = 0; i < count; i++)
    {
        float x = activations[i * THREADS];
        const quad* row = (const quad*)(matrix + i * OUT);
#pragma unroll
        for (int o = 0; o < OUT / 4; o++)
        {
            quad w = row[o];
            sums[4 * o] = fused(x, w.x, sums[4 * o]);
            sums[4 * o + 1] = fused(x, w.y, sums[4 * o + 1]);
            sums[4 * o + 2] = fused(x, w.z, sums[4 * o + 2]);
            sums[4 * o + 3] = fused(x, w.w, sums[4 * o + 3]);
        }
    }
}
