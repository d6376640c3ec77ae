// What a device can do at most: the yardsticks of the proof kit.
#include "kernel.h"

extern "C" __global__ void __launch_bounds__(256) copy(const quad* from, quad* to, int quads)
{
    int i = global_index();
    if (i < quads)
        to[i] = from[i];
}
KERNEL(copy)

// Sixteen independent chains of fused multiply-adds a thread, `rounds` long.
extern "C" __global__ void __launch_bounds__(256) multiply_add(float* to, int rounds)
{
    float x = 1 - (float)thread_index() * 1e-6f, y = 1e-6f, sums[16];
#pragma unroll
    for (int j = 0; j < 16; j++)
        sums[j] = (float)j;
#pragma unroll 4
    for (int i = 0; i < rounds; i++)
#pragma unroll
        for (int j = 0; j < 16; j++)
            sums[j] = fused(sums[j], x, y);
    float all = 0;
#pragma unroll
    for (int j = 0; j < 16; j++)
        all += sums[j];
    // Never true, which the compiler cannot know.
    if (all == -1)
        to[global_index()] = all;
}
KERNEL(multiply_add)
