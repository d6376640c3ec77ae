// From the network's outputs to a density (activation of the raw value plus a blob around the origin) and a colour, as FieldHead has it.
#pragma once
#include "kernel.h"

INLINE float blob_at(int blob, float radius, float x, float y, float z)
{
    if (blob == 0)
        return 0;
    float wx = (x + x - 1) * radius, wy = (y + y - 1) * radius, wz = (z + z - 1) * radius;
    float squared = wx * wx + wy * wy + wz * wz;
    return blob == 1 ? 10 - square_root(squared) * 20 : 5 * exponential(squared * -12.5f);
}

INLINE float sigmoid(float x) { return 1 / (1 + exponential(smaller(-x, 80))); }

// exponent: 3 for a number of 0..1, 2 for the raw value itself, 1 for exp (its derivative truncated), 0 for softplus.
INLINE float density_of(int exponent, float raw)
{
    if (exponent >= 2)
        return exponent == 2 ? raw : sigmoid(raw);
    return exponent ? exponential(smaller(raw, 80)) : larger(raw, 0) + logarithm(1 + exponential(raw < 0 ? raw : -raw));
}

INLINE float slope_of(int exponent, float raw) 
{
    if (exponent == 3)
        return sigmoid(raw) * (1 - sigmoid(raw));
    return exponent == 2 ? 1 : exponent ? exponential(smaller(raw, 15)) : sigmoid(raw);
}
