// Adam (Kingma and Ba 2015) with beta 0.9 and 0.99 and epsilon 1e-15; a parameter whose gradient is exactly 0 is left alone, moments included. The gradient is 0 afterwards.
#include "kernel.h"

// rate: learning rate / (1 - 0.9^step). correction: 1 / sqrt(1 - 0.99^step).
extern "C" __global__ void __launch_bounds__(256) adam(float* values, float* gradients, float* means, float* squares, int count, float rate, float correction)
{
    int i = global_index();
    if (i >= count)
        return;
    float g = gradients[i];
    if (g == 0)
        return;
    float m = means[i] * 0.9f + g * (1 - 0.9f);
    float v = squares[i] * 0.99f + g * g * (1 - 0.99f);
    means[i] = m;
    squares[i] = v;
    values[i] -= m * rate / (square_root(v) * correction + 1e-15f);
    gradients[i] = 0;
}
KERNEL(adam)

// Adds the sum of squares in double.
extern "C" __global__ void __launch_bounds__(256) squared_norm(const float* gradients, int count, double* sum)
{
    __shared__ double parts[256];
    int thread = thread_index();
    double part = 0;
    unsigned quads = (unsigned)count / 4, all = block_count() * block_size();
#pragma unroll 4
    for (unsigned i = global_index(); i < quads; i += all)
    {
        quad g = ((const quad*)gradients)[i];
        part += ((double)g.x * (double)g.x + (double)g.y * (double)g.y) + ((double)g.z * (double)g.z + (double)g.w * (double)g.w);
    }
    for (unsigned i = 4 * quads + global_index(); i < (unsigned)count; i += all)
        part += (double)gradients[i] * (double)gradients[i];
    parts[thread] = part;
    block_barrier();
    for (int by = 128; by > 0; by /= 2)
    {
        if (thread < by)
            parts[thread] += parts[thread + by];
        block_barrier();
    }
    if (thread == 0)
        add(sum, parts[0]);
}
KERNEL(squared_norm)
