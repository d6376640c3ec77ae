// Running sums of long lists, in two steps: sums of blocks of 256, and between them prefix_sum of march.cu.
#include "kernel.h"

extern "C" __global__ void __launch_bounds__(256) scan_sums(const int* counts, int length, int* sums)
{
    __shared__ float of_warp[8];
    int i = global_index(), warp = thread_index() / 32;
    float sum = i < length ? counts[i] : 0;
#pragma unroll
    for (int by = 16; by > 0; by /= 2)
        sum += exchange(sum, by);
    if (thread_index() % 32 == 0)
        of_warp[warp] = sum;
    block_barrier();
    if (thread_index() == 0)
    {
        sum = 0;
        for (int other = 0; other < 8; other++)
            sum += of_warp[other];
        sums[block_index()] = (int)sum;
    }
}
KERNEL(scan_sums)

// before: of each block, the sum of those before it. starts: length + 1 numbers, the last of them the sum of all.
extern "C" __global__ void __launch_bounds__(256) scan_starts(const int* counts, int length, const int* before, int* starts)
{
    __shared__ int of_warp[8];
    int i = global_index(), lane = thread_index() % 32, warp = thread_index() / 32, mine = i < length ? counts[i] : 0, until = mine;
#pragma unroll
    for (int by = 1; by < 32; by *= 2)
    {
        int more = shuffle_up(until, by);
        if (lane >= by)
            until += more;
    }
    if (lane == 31)
        of_warp[warp] = until;
    block_barrier();
    int sum = before[block_index()] + until - mine;
    for (int other = 0; other < warp; other++)
        sum += of_warp[other];
    if (i < length)
        starts[i] = sum;
    if (i == length - 1)
        starts[length] = sum + mine;
}
KERNEL(scan_starts)
