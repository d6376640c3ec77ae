// The ray of a pixel, as Camera.RayDirection has it.
#pragma once
#include "kernel.h"

struct Ray
{
    float ox, oy, oz, dx, dy, dz;
};

// cameras: [views][16]: position, right, up, back, middle column and row, tangent of a column and of a row.
INLINE Ray ray_of(const float* cameras, int ray, int pixels, int width)
{
    const float* c = cameras + 16 * (ray / pixels);
    int pixel = ray % pixels;
    float x = ((float)(pixel % width) + 0.5f - c[12]) * c[14];
    float y = (c[13] - ((float)(pixel / width) + 0.5f)) * c[15];
    float dx = x * c[3] + y * c[6] - c[9], dy = x * c[4] + y * c[7] - c[10], dz = x * c[5] + y * c[8] - c[11];
    float length = square_root(dx * dx + dy * dy + dz * dz);
    return {c[0], c[1], c[2], dx / length, dy / length, dz / length};
}
