// Samples along rays as points of surfaces: their normals, their colours under a light, and the way back, as SurfaceSamples and DifferenceSlope have them. A ray has 8 neighbouring lanes.
#include "kernel.h"
#include "ray.h"
#include "vector.h"
#include "light.h"

#define LANES 8

INLINE Point read(const float* planes, int stride, int i) { return {planes[i], planes[stride + i], planes[2 * stride + i]}; }

// Of length 1, pointing outside; 0 where the field is flat. outward: 1 where the value rises outwards, -1 where it falls.
INLINE Point normal_at(const float* slopes, int samples, int i, float outward)
{
    Point s = read(slopes, samples, i);
    float square = inner(s, s);
    if (!(square > 0 && square < 3e38f))
        return {0, 0, 0};
    float scale = outward / square_root(square);
    return {s.x * scale, s.y * scale, s.z * scale};
}

INLINE Point along(Ray r, float distance) { return {r.ox + distance * r.dx, r.oy + distance * r.dy, r.oz + distance * r.dz}; }

// Samples a little further along x, y and z: planes [3][samples].
extern "C" __global__ void __launch_bounds__(256) surface_taps(
    const float* px, const float* py, const float* pz, int samples, float shift, float* mx, float* my, float* mz)
{
    int at = global_index(), axis = at / samples, i = at % samples;
    if (axis >= 3)
        return;
    mx[at] = axis == 0 ? smaller(1, px[i] + shift) : px[i];
    my[at] = axis == 1 ? smaller(1, py[i] + shift) : py[i];
    mz[at] = axis == 2 ? smaller(1, pz[i] + shift) : pz[i];
}
KERNEL(surface_taps)

// values: [samples], moved: [3][samples]. slopes: [3][samples], per world unit.
extern "C" __global__ void __launch_bounds__(256) surface_slopes(const float* values, const float* moved, int samples, float epsilon, float* slopes)
{
    int at = global_index();
    if (at < 3 * samples)
        slopes[at] = (moved[at] - values[at % samples]) / epsilon;
}
KERNEL(surface_slopes)

// Replaces the albedo of samples by their colours under the light, and keeps it, [3][samples]. lights: [views][6].
extern "C" __global__ void __launch_bounds__(256) surface_shade(
    const float* cameras, int first, int rays, int pixels, int width, const int* starts, const float* slopes, int samples, float outward, const float* distance,
    const float* lights, float* red, float* green, float* blue, float* albedo)
{
    int ray = global_index() / LANES, lane = thread_index() % LANES;
    if (ray >= rays)
        return;
    const float* light = lights + 6 * ((first + ray) / pixels);
    if (is_plain(light))
        return;
    Ray r = ray_of(cameras, first + ray, pixels, width);
    for (int i = starts[ray] + lane; i < starts[ray + 1]; i += LANES)
    {
        albedo[i] = red[i];
        albedo[samples + i] = green[i];
        albedo[2 * samples + i] = blue[i];
        float brightness = brightness_of(light, normal_at(slopes, samples, i, outward), along(r, distance[i]));
        red[i] = (light[5] != 0 ? 1 : red[i]) * brightness;
        green[i] = (light[5] != 0 ? 1 : green[i]) * brightness;
        blue[i] = (light[5] != 0 ? 1 : blue[i]) * brightness;
    }
}
KERNEL(surface_shade)

// The normals that rays see, [views][3][pixels].
extern "C" __global__ void __launch_bounds__(256) surface_normals(
    const int* starts, const int* used, const float* weights, const float* slopes, int samples, float outward, int first, int rays, int pixels, float* normals)
{
    int ray = global_index() / LANES, lane = thread_index() % LANES, exists = ray < rays;
    Point sum = {0, 0, 0};
    for (int i = exists ? starts[ray] + lane : 0; exists && i < starts[ray] + used[first + ray]; i += LANES)
    {
        Point n = normal_at(slopes, samples, i, outward);
        sum.x += weights[i] * n.x;
        sum.y += weights[i] * n.y;
        sum.z += weights[i] * n.z;
    }
#pragma unroll
    for (int by = LANES / 2; by > 0; by /= 2)
    {
        sum.x += exchange(sum.x, by);
        sum.y += exchange(sum.y, by);
        sum.z += exchange(sum.z, by);
    }
    if (exists && lane < 3)
        normals[(3ll * ((first + ray) / pixels) + lane) * pixels + (first + ray) % pixels] = lane == 0 ? sum.x : lane == 1 ? sum.y : sum.z;
}
KERNEL(surface_normals)

INLINE Point normal_gradient_of(const float* gradient, int ray, int pixels)
{
    if (!gradient)
        return {0, 0, 0};
    const float* from = gradient + 3ll * (ray / pixels) * pixels + ray % pixels;
    return {from[0], from[pixels], from[2 * pixels]};
}

// What the seen normal's gradient wants of the samples' weights.
extern "C" __global__ void __launch_bounds__(256) surface_weight_gradient(
    const int* starts, const int* used, const float* slopes, int samples, float outward, int rays, int pixels, const float* gradient, float* by_weight)
{
    int ray = global_index() / LANES, lane = thread_index() % LANES;
    if (ray >= rays)
        return;
    Point g = normal_gradient_of(gradient, ray, pixels);
    for (int i = starts[ray] + lane; i < starts[ray] + used[ray]; i += LANES)
        by_weight[i] = inner(g, normal_at(slopes, samples, i, outward));
}
KERNEL(surface_weight_gradient)

// Replaces the gradients of colours by those of the albedo, and writes the gradient of the slopes, [3][samples]: from the light, from the seen normal and from the
// orientation, weight max(0, normal . ray)^2 over the rays that see anything, whose number is *seen.
extern "C" __global__ void __launch_bounds__(256) surface_backward(
    const float* cameras, int rays, int pixels, int width, const int* starts, const int* used, const float* weights, const float* slopes, int samples, float outward,
    const float* distance, const float* lights, const float* albedo, const float* gradient, float orientation, const int* seen, float* red, float* green, float* blue,
    float* slope_gradient)
{
    int ray = global_index() / LANES, lane = thread_index() % LANES;
    if (ray >= rays)
        return;
    const float* light = lights + 6 * (ray / pixels);
    Ray r = ray_of(cameras, ray, pixels, width);
    Point by_normal = normal_gradient_of(gradient, ray, pixels), d = {r.dx, r.dy, r.dz};
    int end = starts[ray] + used[ray], plain = is_plain(light), count = *seen;
    for (int i = starts[ray] + lane; i < starts[ray + 1]; i += LANES)
    {
        Point g = {0, 0, 0}, n = normal_at(slopes, samples, i, outward);
        if (i < end)
        {
            float away = 2 * orientation / (count > 1 ? count : 1) * larger(0, inner(n, d)), weight = weights[i];
            g = {weight * (by_normal.x + away * d.x), weight * (by_normal.y + away * d.y), weight * (by_normal.z + away * d.z)};
            if (!plain)
            {
                Point to = towards(light, along(r, distance[i])), c = {red[i], green[i], blue[i]}, seen_color = read(albedo, samples, i);
                float cosine = inner(n, to), brightness = light[5] != 0 ? 0 : light[3] + light[4] * larger(0, cosine);
                float lit = cosine > 0 ? light[4] * (light[5] != 0 ? c.x + c.y + c.z : inner(c, seen_color)) : 0;
                g = {g.x + lit * to.x, g.y + lit * to.y, g.z + lit * to.z};
                red[i] = brightness * c.x;
                green[i] = brightness * c.y;
                blue[i] = brightness * c.z;
            }
            // Through the normalisation: what is along the normal changes nothing.
            Point s = read(slopes, samples, i);
            float same = inner(g, n), scale = inner(n, n) > 0 ? outward / square_root(inner(s, s)) : 0;
            g = {(g.x - same * n.x) * scale, (g.y - same * n.y) * scale, (g.z - same * n.z) * scale};
        }
        slope_gradient[i] = g.x;
        slope_gradient[samples + i] = g.y;
        slope_gradient[2 * samples + i] = g.z;
    }
}
KERNEL(surface_backward)

// To the moved samples, and on top of what the samples themselves have.
extern "C" __global__ void __launch_bounds__(256) surface_taps_backward(const float* slope_gradient, int samples, float epsilon, float* values, float* moved)
{
    int i = global_index();
    if (i >= samples)
        return;
    Point g = read(slope_gradient, samples, i);
    moved[i] = g.x / epsilon;
    moved[samples + i] = g.y / epsilon;
    moved[2 * samples + i] = g.z / epsilon;
    values[i] -= (g.x + g.y + g.z) / epsilon;
}
KERNEL(surface_taps_backward)
