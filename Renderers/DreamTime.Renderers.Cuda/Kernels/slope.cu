// The slope of a field at samples, per world unit, through its hash grid, and the way back to the grid (HashGridTangent). Slopes and their gradients are planes [3][samples].
#include "kernel.h"
#include "grid.h"

// From slopes in the unit cube, planes [3][stride], to slopes in the world, with that of the blob, as in head.h.
extern "C" __global__ void __launch_bounds__(256) slope_world(
    const float* px, const float* py, const float* pz, int samples, int stride, int blob, float radius, const float* unit, float* slopes)
{
    int i = global_index();
    if (i >= samples)
        return;
    float x = (px[i] + px[i] - 1) * radius, y = (py[i] + py[i] - 1) * radius, z = (pz[i] + pz[i] - 1) * radius, squared = x * x + y * y + z * z;
    float outwards = blob == 1 ? (squared > 0 ? -20 / square_root(squared) : 0) : blob == 2 ? -125 * exponential(squared * -12.5f) : 0, scale = 0.5f / radius;
    slopes[i] = fused(unit[i], scale, outwards * x);
    slopes[samples + i] = fused(unit[stride + i], scale, outwards * y);
    slopes[2ll * samples + i] = fused(unit[2ll * stride + i], scale, outwards * z);
}
KERNEL(slope_world)

// How a feature changes with the place in its cell, from its values at the ends of the cell's edges along x.
INLINE void cell_slope(const Cell& cell, const float* low, const float* high, float& x, float& y, float& z)
{
    float fx = cell.x.fraction, fy = cell.y.fraction, fz = cell.z.fraction, middle[4];
    x = 0;
#pragma unroll
    for (int i = 0; i < 4; i++)
    {
        x = fused(high[i] - low[i], cell.weights[i], x);
        middle[i] = fused(high[i] - low[i], fx, low[i]);
    }
    y = (middle[1] - middle[0]) * (1 - fz) + (middle[3] - middle[2]) * fz;
    z = (middle[2] - middle[0]) * (1 - fy) + (middle[3] - middle[1]) * fy;
}

// How the features of samples [first, first + count) change along the slope's gradient: planes [2 levels][kept]. Blocks lie level after level.
extern "C" __global__ void __launch_bounds__(256) slope_along(
    const int* levels, const float* table, const float* px, const float* py, const float* pz, int first, int count, const float* gradients, int samples, float radius,
    int kept, int blocks_a_level, float* tangents)
{
    int level = block_index() / blocks_a_level, own = (block_index() % blocks_a_level) * block_size() + thread_index(), i = first + own;
    if (own >= count)
        return;
    float scale = 0.5f / radius * (float)levels[4 * level], dx = scale * gradients[i], dy = scale * gradients[samples + i], dz = scale * gradients[2ll * samples + i];
    float along0 = 0, along1 = 0;
    if (dx != 0 || dy != 0 || dz != 0)
    {
        Cell cell = cell_of(levels, level, px[i], py[i], pz[i]);
        float low[4], high[4], low1[4], high1[4], x, y, z;
#pragma unroll
        for (int k = 0; k < 4; k++)
        {
            Edge edge = load_edge(table, cell.entries[k]);
            low[k] = edge.low0;
            high[k] = edge.high0;
            low1[k] = edge.low1;
            high1[k] = edge.high1;
        }
        cell_slope(cell, low, high, x, y, z);
        along0 = x * dx + y * dy + z * dz;
        cell_slope(cell, low1, high1, x, y, z);
        along1 = x * dx + y * dy + z * dz;
    }
    tangents[2ll * level * kept + own] = along0;
    tangents[(2ll * level + 1) * kept + own] = along1;
}
KERNEL(slope_along)

// Adds to the table's gradient. coefficients: those of the forward pass.
extern "C" __global__ void __launch_bounds__(256) slope_grid_backward(
    const int* levels, const float* px, const float* py, const float* pz, int samples, int stride, int blocks_a_level, const float* coefficients, const float* gradients,
    float radius, float* table_gradient)
{
    int level = block_index() / blocks_a_level, i = (block_index() % blocks_a_level) * block_size() + thread_index();
    if (i >= samples)
        return;
    float scale = 0.5f / radius * (float)levels[4 * level], dx = scale * gradients[i], dy = scale * gradients[samples + i], dz = scale * gradients[2ll * samples + i];
    if (dx == 0 && dy == 0 && dz == 0)
        return;
    Cell cell = cell_of(levels, level, px[i], py[i], pz[i]);
    float c0 = coefficients[2ll * level * stride + i], c1 = coefficients[(2ll * level + 1) * stride + i];
    float fx = cell.x.fraction, fy = cell.y.fraction, fz = cell.z.fraction;
    // How the edges' weights change.
    float changes[4] = {-dy * (1 - fz) - dz * (1 - fy), dy * (1 - fz) - dz * fy, -dy * fz + dz * (1 - fy), dy * fz + dz * fy};
#pragma unroll
    for (int k = 0; k < 4; k++)
    {
        float across = dx * cell.weights[k], low = changes[k] * (1 - fx) - across, high = changes[k] * fx + across;
        add_edge(table_gradient, cell.entries[k], {c0 * low, c1 * low, c0 * high, c1 * high});
    }
}
KERNEL(slope_grid_backward)
