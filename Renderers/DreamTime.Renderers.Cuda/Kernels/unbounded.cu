// Samples whose intervals are longer than a step, and gradients of samples near the camera, as NerfRenderer has them.
#include "kernel.h"
#include "contraction.h"

extern "C" __global__ void __launch_bounds__(256) unbounded_stretch(const float* density, const float* stretch, int samples, float* stretched)
{
    int i = global_index();
    if (i < samples)
        stretched[i] = density[i] * stretch[i];
}
KERNEL(unbounded_stretch)

// Of points of the unit cube, whatever ray goes through them.
extern "C" __global__ void __launch_bounds__(256) unbounded_probes(const float* px, const float* py, const float* pz, int samples, float* density)
{
    int i = global_index();
    if (i >= samples)
        return;
    float x = 4 * (px[i] - 0.5f), y = 4 * (py[i] - 0.5f), z = 4 * (pz[i] - 0.5f);
    float length = smaller(1.999f, square_root(x * x + y * y + z * z));
    density[i] *= stretch_of(larger(0, (length <= 1 ? length : 1 / (2 - length)) - 1));
}
KERNEL(unbounded_probes)

// stretch: null where all intervals are a step. near: the radius within which gradients are scaled by the square of the distance, 0 for none.
extern "C" __global__ void __launch_bounds__(256) unbounded_gradients(
    const float* distance, const float* stretch, int samples, float near, float* density, float* red, float* green, float* blue)
{
    int i = global_index();
    if (i >= samples)
        return;
    float share = near > 0 ? smaller(1, distance[i] / near) : 1, scale = share * share;
    density[i] *= scale * (stretch ? stretch[i] : 1);
    red[i] *= scale;
    green[i] *= scale;
    blue[i] *= scale;
}
KERNEL(unbounded_gradients)
