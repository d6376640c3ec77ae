// A signed distance along rays (Wang et al. 2021), as NeusAlpha, NeusTaps and NeusRays have it. A ray has 8 neighbouring lanes of a warp.
#include "kernel.h"
#include "ray.h"

#define LANES 8

// Adds the distance to an ellipsoid around the origin, min(r) (|x / r| - 1).
extern "C" __global__ void __launch_bounds__(256) neus_ellipsoid(
    const float* px, const float* py, const float* pz, int samples, float radius, float rx, float ry, float rz, float* values)
{
    int i = global_index();
    if (i >= samples)
        return;
    float a = (px[i] + px[i] - 1) * (radius / rx), b = (py[i] + py[i] - 1) * (radius / ry), c = (pz[i] + pz[i] - 1) * (radius / rz);
    values[i] += (square_root(a * a + b * b + c * c) - 1) * smaller(rx, smaller(ry, rz));
}
KERNEL(neus_ellipsoid)

#define EPSILON 1e-5f
#define LARGEST (1 - 1e-6f)

INLINE float logistic(float x) { return 1 / (1 + exponential(smaller(-x, 80))); }

INLINE float falling(float slope, float annealing) { return -(larger(0, 0.5f - slope / 2) * (1 - annealing) + larger(0, -slope) * annealing); }

INLINE float alpha_of(float distance, float slope, float step, float sharpness, float annealing)
{
    float half = falling(slope, annealing) * step / 2;
    float p = logistic((distance - half) * sharpness), q = logistic((distance + half) * sharpness);
    return larger(0, smaller(LARGEST, (p - q + EPSILON) / (p + EPSILON)));
}

// In the place of values: the density that is as opaque over one step, of a surface seen face on.
extern "C" __global__ void __launch_bounds__(256) neus_density(float* values, int samples, float step, float sharpness)
{
    int i = global_index();
    if (i < samples)
        values[i] = -logarithm(1 - alpha_of(values[i], -1, step, sharpness, 1)) / step;
}
KERNEL(neus_density)

// Adds its slope, [3][samples].
extern "C" __global__ void __launch_bounds__(256) neus_ellipsoid_slope(
    const float* px, const float* py, const float* pz, int samples, float radius, float rx, float ry, float rz, float* slopes)
{
    int i = global_index();
    if (i >= samples)
        return;
    float a = (px[i] + px[i] - 1) * (radius / rx), b = (py[i] + py[i] - 1) * (radius / ry), c = (pz[i] + pz[i] - 1) * (radius / rz);
    float length = square_root(a * a + b * b + c * c), scale = length > 0 ? smaller(rx, smaller(ry, rz)) / length : 0;
    slopes[i] += scale * a / rx;
    slopes[samples + i] += scale * b / ry;
    slopes[2 * samples + i] += scale * c / rz;
}
KERNEL(neus_ellipsoid_slope)

// values: [samples], moved: [3][samples]. Writes slopes [3][samples], where moved is not null, and the density that is as opaque over one step, and adds to the sum of (|slope| - 1)^2, null where nobody will ask.
extern "C" __global__ void __launch_bounds__(256) neus_forward(
    const float* cameras, int first, int rays, int pixels, int width, const int* starts, const float* values, const float* moved, int samples, float epsilon,
    float step, float sharpness, float annealing, float* slopes, float* density, double* eikonal)
{
    int ray = global_index() / LANES, lane = thread_index() % LANES, exists = ray < rays;
    float off = 0;
    if (exists)
    {
        Ray r = ray_of(cameras, first + ray, pixels, width);
        for (int i = starts[ray] + lane; i < starts[ray + 1]; i += LANES)
        {
            float value = values[i];
            if (moved)
            {
                slopes[i] = (moved[i] - value) / epsilon;
                slopes[samples + i] = (moved[samples + i] - value) / epsilon;
                slopes[2 * samples + i] = (moved[2 * samples + i] - value) / epsilon;
            }
            float x = slopes[i], y = slopes[samples + i], z = slopes[2 * samples + i];
            density[i] = -logarithm(1 - alpha_of(value, x * r.dx + y * r.dy + z * r.dz, step, sharpness, annealing)) / step;
            float size = square_root(x * x + y * y + z * z) - 1;
            off += size * size;
        }
    }
#pragma unroll
    for (int by = 16; by > 0; by /= 2)
        off += exchange(off, by);
    if (eikonal && thread_index() % 32 == 0 && off != 0)
        add(eikonal, (double)off);
}
KERNEL(neus_forward)

// density: the gradient of what the forward pass wrote there. Replaces values by their gradients and moved by theirs; colours behind the end of the ray have none already.
// eikonal: 2 weight / samples. slope_gradient: what else is wanted of the slopes, [3][samples], null for nothing; where moved is null, it is not, and receives all that is. Adds to the gradient of the variance, of which the sharpness is the exponential of ten times.
extern "C" __global__ void __launch_bounds__(256) neus_backward(
    const float* cameras, int rays, int pixels, int width, const int* starts, const int* used, const float* slopes, int samples, float epsilon,
    float step, float sharpness, float annealing, float eikonal, const float* density, float* slope_gradient, float* values, float* moved, float* variance_gradient)
{
    int ray = global_index() / LANES, lane = thread_index() % LANES;
    float by_sharpness = 0;
    if (ray < rays)
    {
        Ray r = ray_of(cameras, ray, pixels, width);
        int begin = starts[ray], end = starts[ray + 1], seen = begin + used[ray];
        for (int i = begin + lane; i < end; i += LANES)
        {
            float x = slopes[i], y = slopes[samples + i], z = slopes[2 * samples + i];
            float size = square_root(x * x + y * y + z * z), pull = size > 0 ? eikonal * (size - 1) / size : 0;
            float gx = pull * x, gy = pull * y, gz = pull * z, by_distance = 0;
            if (slope_gradient)
            {
                gx += slope_gradient[i];
                gy += slope_gradient[samples + i];
                gz += slope_gradient[2 * samples + i];
            }
            if (i < seen)
            {
                float slope = x * r.dx + y * r.dy + z * r.dz, value = values[i], half = falling(slope, annealing) * step / 2;
                float before = value - half, after = value + half, p = logistic(before * sharpness), q = logistic(after * sharpness);
                float alpha = (p - q + EPSILON) / (p + EPSILON);
                if (alpha > 0 && alpha < LARGEST)
                {
                    float gradient = density[i] / ((1 - alpha) * step);
                    float slope_p = q / ((p + EPSILON) * (p + EPSILON)) * p * (1 - p), slope_q = -q * (1 - q) / (p + EPSILON);
                    float falls = (slope < 1 ? (1 - annealing) / 2 : 0) + (slope < 0 ? annealing : 0);
                    float by_slope = gradient * (slope_q - slope_p) * sharpness * step / 2 * falls;
                    by_distance = gradient * (slope_p + slope_q) * sharpness;
                    by_sharpness += gradient * (slope_p * before + slope_q * after);
                    gx += by_slope * r.dx;
                    gy += by_slope * r.dy;
                    gz += by_slope * r.dz;
                }
            }
            float* to = moved ? moved : slope_gradient;
            float by = moved ? epsilon : 1;
            to[i] = gx / by;
            to[samples + i] = gy / by;
            to[2 * samples + i] = gz / by;
            values[i] = by_distance - (moved ? (gx + gy + gz) / epsilon : 0);
        }
    }
#pragma unroll
    for (int by = 16; by > 0; by /= 2)
        by_sharpness += exchange(by_sharpness, by);
    if (thread_index() % 32 == 0 && by_sharpness != 0)
        add(variance_gradient, by_sharpness * 10 * sharpness);
}
KERNEL(neus_backward)
