// The features of the multiresolution hash grid, and the way back to its entries.
#include "kernel.h"
#include "grid.h"

// levels: [count][4]: resolution, first entry, mask, 0. Blocks lie level after level. features: planes [2 count][stride].
extern "C" __global__ void __launch_bounds__(256) encode_forward(
    const int* levels, const float* table, const float* px, const float* py, const float* pz, int samples, int stride, int blocks_a_level, float* features)
{
    int level = block_index() / blocks_a_level;
    int sample = (block_index() % blocks_a_level) * block_size() + thread_index();
    if (sample >= samples)
        return;

    Cell cell = cell_of(levels, level, px[sample], py[sample], pz[sample]);
    Edge edges[4];
#pragma unroll
    for (int i = 0; i < 4; i++)
        edges[i] = load_edge(table, cell.entries[i]);
    float low0 = 0, low1 = 0, high0 = 0, high1 = 0;
#pragma unroll
    for (int i = 0; i < 4; i++)
    {
        low0 = fused(edges[i].low0, cell.weights[i], low0);
        low1 = fused(edges[i].low1, cell.weights[i], low1);
        high0 = fused(edges[i].high0, cell.weights[i], high0);
        high1 = fused(edges[i].high1, cell.weights[i], high1);
    }
    features[2ll * level * stride + sample] = fused(high0 - low0, cell.x.fraction, low0);
    features[(2ll * level + 1) * stride + sample] = fused(high1 - low1, cell.x.fraction, low1);
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

    Cell cell = cell_of(levels, level, px[sample], py[sample], pz[sample]);
#pragma unroll
    for (int i = 0; i < 4; i++)
    {
        float low = cell.weights[i] * (1 - cell.x.fraction), high = cell.weights[i] * cell.x.fraction;
        add_edge(table_gradient, cell.entries[i], {g0 * low, g1 * low, g0 * high, g1 * high});
    }
}
KERNEL(encode_backward)

// The gradient of the positions in the unit cube, from that of the features: trilinear within a cell, as HashGridSlope has it. slopes: [3][stride].
extern "C" __global__ void __launch_bounds__(256) encode_slope(
    const int* levels, int count, const float* table, const float* px, const float* py, const float* pz, int samples, int stride, const float* gradients, float* slopes)
{
    int sample = global_index();
    if (sample >= samples)
        return;
    float sx = 0, sy = 0, sz = 0;
    for (int level = 0; level < count; level++)
    {
        float g0 = gradients[2ll * level * stride + sample], g1 = gradients[(2ll * level + 1) * stride + sample];
        Cell cell = cell_of(levels, level, px[sample], py[sample], pz[sample]);
        float scale = (float)levels[4 * level], fx = cell.x.fraction, fy = cell.y.fraction, fz = cell.z.fraction, low[4], high[4];
#pragma unroll
        for (int i = 0; i < 4; i++)
        {
            Edge edge = load_edge(table, cell.entries[i]);
            // Along the gradient of the features.
            low[i] = g0 * edge.low0 + g1 * edge.low1;
            high[i] = g0 * edge.high0 + g1 * edge.high1;
        }
        float mixed[4];
#pragma unroll
        for (int i = 0; i < 4; i++)
        {
            sx += scale * cell.weights[i] * (high[i] - low[i]);
            mixed[i] = low[i] + (high[i] - low[i]) * fx;
        }
        sy += scale * ((mixed[1] - mixed[0]) * (1 - fz) + (mixed[3] - mixed[2]) * fz);
        sz += scale * ((mixed[2] - mixed[0]) * (1 - fy) + (mixed[3] - mixed[1]) * fy);
    }
    slopes[sample] = sx;
    slopes[(long long)stride + sample] = sy;
    slopes[2ll * stride + sample] = sz;
}
KERNEL(encode_slope)
