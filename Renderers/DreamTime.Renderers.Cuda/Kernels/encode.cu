// The multiresolution hash grid (Mueller et al. 2022), laid out as HashGridLayout says: rows along x are neighbours in memory, only (y, z) is hashed.
#include "kernel.h"

struct Corner
{
    int cell;
    float fraction;
};

INLINE Corner corner_of(float position, int resolution)
{
    float scaled = position * resolution;
    int cell = (int)scaled;
    if (cell > resolution - 1)
        cell = resolution - 1;
    return {cell, scaled - (float)cell};
}

// The entry of the lower end of the edge (y, z) of a cell.
INLINE int edge_of(int resolution, int mask, int x, int y, int z)
{
    if (mask == 0)
        return (z * (resolution + 1) + y) * (resolution + 1) + x;
    return (int)(((unsigned)y * 2654435761u ^ (unsigned)z * 805459861u) & (unsigned)mask) + x;
}

// levels: [count][4]: resolution, first entry, mask, 0. Blocks lie level after level. features: planes [2 count][stride].
extern "C" __global__ void __launch_bounds__(256) encode_forward(
    const int* levels, const float* table, const float* px, const float* py, const float* pz, int samples, int stride, int blocks_a_level, float* features)
{
    int level = block_index() / blocks_a_level;
    int sample = (block_index() % blocks_a_level) * block_size() + thread_index();
    if (sample >= samples)
        return;

    int resolution = levels[4 * level], mask = levels[4 * level + 2];
    const float* entries = table + 2ll * levels[4 * level + 1];
    Corner x = corner_of(px[sample], resolution), y = corner_of(py[sample], resolution), z = corner_of(pz[sample], resolution);
    float low0 = 0, low1 = 0, high0 = 0, high1 = 0;
#pragma unroll
    for (int corner = 0; corner < 4; corner++)
    {
        int dy = corner & 1, dz = corner >> 1;
        float weight = (dy ? y.fraction : 1 - y.fraction) * (dz ? z.fraction : 1 - z.fraction);
        const pair* edge = (const pair*)entries + edge_of(resolution, mask, x.cell, y.cell + dy, z.cell + dz);
        pair low = edge[0], high = edge[1];
        low0 = fused(low.x, weight, low0);
        low1 = fused(low.y, weight, low1);
        high0 = fused(high.x, weight, high0);
        high1 = fused(high.y, weight, high1);
    }
    features[2ll * level * stride + sample] = fused(high0 - low0, x.fraction, low0);
    features[(2ll * level + 1) * stride + sample] = fused(high1 - low1, x.fraction, low1);
}
KERNEL(encode_forward)

// Adds to the table's gradient; the order of the additions is the scheduler's, so sums differ in their last bits from run to run.
extern "C" __global__ void __launch_bounds__(256) encode_backward(
    const int* levels, const float* px, const float* py, const float* pz, int samples, int stride, int blocks_a_level, const float* gradients, float* table_gradient)
{
    int level = block_index() / blocks_a_level;
    int sample = (block_index() % blocks_a_level) * block_size() + thread_index();
    if (sample >= samples)
        return;

    float g0 = gradients[2ll * level * stride + sample], g1 = gradients[(2ll * level + 1) * stride + sample];
    if (g0 == 0 && g1 == 0)
        return;

    int resolution = levels[4 * level], mask = levels[4 * level + 2];
    float* entries = table_gradient + 2ll * levels[4 * level + 1];
    Corner x = corner_of(px[sample], resolution), y = corner_of(py[sample], resolution), z = corner_of(pz[sample], resolution);
#pragma unroll
    for (int corner = 0; corner < 4; corner++)
    {
        int dy = corner & 1, dz = corner >> 1;
        float weight = (dy ? y.fraction : 1 - y.fraction) * (dz ? z.fraction : 1 - z.fraction);
        float* edge = entries + 2 * edge_of(resolution, mask, x.cell, y.cell + dy, z.cell + dz);
        float low = weight * (1 - x.fraction), high = weight * x.fraction;
        add_pair(edge, g0 * low, g1 * low);
        add_pair(edge + 2, g0 * high, g1 * high);
    }
}
KERNEL(encode_backward)
