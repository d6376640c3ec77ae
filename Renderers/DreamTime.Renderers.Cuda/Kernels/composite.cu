// Emission and absorption along rays (Max 1995), forward and backward, as Compositing has it. A ray has 8 neighbouring lanes of a warp, and is taken 8 samples at a time: a warp would leave
// lanes idle on a ray of 28 samples, and spend most of its time on scans over 32 of them.
#include "kernel.h"

#define LANES 8

// Over the lanes of a ray, for all of them.
INLINE float sum_over_ray(float value)
{
#pragma unroll
    for (int by = LANES / 2; by > 0; by /= 2)
        value += exchange(value, by);
    return value;
}

INLINE float product_over_ray(float value)
{
#pragma unroll
    for (int by = LANES / 2; by > 0; by /= 2)
        value *= exchange(value, by);
    return value;
}

// backgrounds: [views][3]. color: [views][3][pixels]. weights: receives each sample's weight, as far as the ray uses its samples; null where nobody will ask.
extern "C" __global__ void __launch_bounds__(256) composite_forward(
    const int* starts, const float* density, const float* red, const float* green, const float* blue, const float* distance, float step, float early_stop,
    const float* backgrounds, int first, int rays, int pixels, float* color, float* opacities, float* depths, int* used, float* weights)
{
    // Lanes of no ray go along, since the others' shuffles need the whole warp.
    int ray = global_index() / LANES, lane = thread_index() % LANES, last = thread_index() % 32 | (LANES - 1), exists = ray < rays;
    int at = exists ? starts[ray] : 0, end = exists ? starts[ray + 1] : 0;
    float transmittance = 1, left = 1, r = 0, g = 0, b = 0, depth = 0, taken = 0;
    for (; count_of(at < end && transmittance >= early_stop) > 0; at += LANES)
    {
        // All loads are under way before the first of them is waited for.
        int i = at + lane, inside = i < end;
        float thick = inside ? density[i] : 0, red_here = inside ? red[i] : 0, green_here = inside ? green[i] : 0, blue_here = inside ? blue[i] : 0;
        float distance_here = inside ? distance[i] : 0;
        float passing = inside ? exponential(thick * -step) : 1;
        float through = passing;
#pragma unroll
        for (int by = 1; by < LANES; by *= 2)
        {
            float before = shuffle_up(through, by);
            if (lane >= by)
                through *= before;
        }
        float before = shuffle_up(through, 1);
        float arriving = transmittance * (lane == 0 ? 1 : before);
        int takes = inside && arriving >= early_stop;
        float weight = takes ? arriving * (1 - passing) : 0;
        r += weight * red_here;
        g += weight * green_here;
        b += weight * blue_here;
        depth += weight * distance_here;
        taken += takes ? 1 : 0;
        left *= takes ? passing : 1;
        if (takes && weights)
            weights[i] = weight;
        transmittance *= shuffle(through, last);
    }
    r = sum_over_ray(r);
    g = sum_over_ray(g);
    b = sum_over_ray(b);
    depth = sum_over_ray(depth);
    taken = sum_over_ray(taken);
    left = product_over_ray(left);
    if (!exists)
        return;
    ray += first;
    if (lane < 3)
    {
        int view = ray / pixels;
        color[(3ll * view + lane) * pixels + ray % pixels] = (lane == 0 ? r : lane == 1 ? g : b) + left * backgrounds[3 * view + lane];
    }
    if (lane == 3)
        depths[ray] = depth;
    if (lane == 4)
        opacities[ray] = 1 - left;
    if (lane == 5)
        used[ray] = (int)taken;
}
KERNEL(composite_forward)

// Adds the number of rays with an opacity above a threshold.
extern "C" __global__ void __launch_bounds__(256) count_above(const float* opacities, int rays, float threshold, int* count)
{
    __shared__ int counts[8];
    int thread = thread_index(), among = 0;
    for (int begin = block_index() * 256; begin < rays; begin += block_count() * 256)
        among += count_of(begin + thread < rays && opacities[begin + thread] > threshold);
    if (thread % 32 == 0)
        counts[thread / 32] = among;
    block_barrier();
    if (thread == 0)
    {
        int all = 0;
        for (int warp = 0; warp < 8; warp++)
            all += counts[warp];
        add(count, all);
    }
}
KERNEL(count_above)

// Each becomes its sum over this and the ray's later lanes.
INLINE void sum_from_behind(float& a, float& b, int lane)
{
#pragma unroll
    for (int by = 1; by < LANES; by *= 2)
    {
        float more = shuffle_down(a, by), most = shuffle_down(b, by);
        if (lane + by < LANES)
        {
            a += more;
            b += most;
        }
    }
}

INLINE float log_share(float weight, float sum) { return logarithm(larger(weight / sum, 1e-10f)); }

// Gradients of color [views][3][pixels], opacity and depth [views][pixels], each null for none. Regularisers: sparsity, opaque and distortion are already divided by the rays.
// density, red, green and blue: receive their gradients; 0 behind the end of the ray.
// by_weight: what else is wanted of the weights, null for nothing.
// LOSSES: whether losses look at the weights along the rays; without them a thread needs fewer registers, and more rays are under way.
template <bool LOSSES> INLINE void backward(
    const int* starts, const int* used, const float* weights, float* density, float* red, float* green, float* blue, const float* distance, float step,
    const float* backgrounds, int rays, int pixels, const float* opacities, const float* color_gradient, const float* opacity_gradient, const float* depth_gradient,
    float sparsity, float opaque, float z_variance, float entropy, float distortion, const int* solid, const float* by_weight)
{
    // Lanes of no ray go along with the last one, and write nothing.
    int ray = global_index() / LANES, lane = thread_index() % LANES, leader = thread_index() % 32 - lane, exists = ray < rays;
    ray = exists ? ray : rays - 1;
    int begin = starts[ray], all = starts[ray + 1], end = begin + used[ray];
    int view = ray / pixels, pixel = ray % pixels;
    float gr = 0, gg = 0, gb = 0, opacity = opacities[ray];
    if (color_gradient)
    {
        const float* from = color_gradient + 3ll * view * pixels + pixel;
        gr = from[0];
        gg = from[pixels];
        gb = from[2 * pixels];
    }
    float by_depth = depth_gradient ? depth_gradient[ray] : 0;
    float by_opacity = opacity_gradient ? opacity_gradient[ray] : 0;
    by_opacity += sparsity * opacity / square_root(opacity * opacity + 0.01f);
    if (opacity > 0.001f && opacity < 0.999f)
        by_opacity += opaque * logarithm((1 - opacity) / opacity);

    float sum = 0, mean = 0, variance = 0, order = 0;
    int shapes = LOSSES && (z_variance != 0 || entropy != 0), shaped = shapes && opacity > 0.5f;
    if (shapes)
    {
        for (int i = begin + lane; i < end; i += LANES)
        {
            sum += weights[i];
            mean += weights[i] * distance[i];
        }
        sum = sum_over_ray(sum);
        mean = sum_over_ray(mean) / sum;
        for (int i = begin + lane; i < end; i += LANES)
        {
            variance += weights[i] * (distance[i] - mean) * (distance[i] - mean);
            order -= weights[i] / sum * log_share(weights[i], sum);
        }
        variance = sum_over_ray(variance) / sum;
        order = sum_over_ray(order);
    }

    float whole = 0, moment = 0, weight_after = 0, moment_after = 0;
    if (LOSSES && distortion != 0)
    {
        for (int i = begin + lane; i < end; i += LANES)
        {
            whole += weights[i];
            moment += weights[i] * distance[i];
        }
        whole = sum_over_ray(whole);
        moment = sum_over_ray(moment);
    }

    const float* behind_all = backgrounds + 3 * view;
    float shade = gr * behind_all[0] + gg * behind_all[1] + gb * behind_all[2];
    float transmittance = 1 - opacity, behind = 0;
    for (int at = begin + (end - begin + LANES - 1) / LANES * LANES - LANES; count_of(at >= begin) > 0; at -= LANES)
    {
        int i = at + lane, live = at >= begin && i < end;
        float weight = live ? weights[i] : 0, gradient = 0;
        if (live)
        {
            gradient = gr * red[i] + gg * green[i] + gb * blue[i] - shade + by_opacity + by_depth * distance[i];
            if (LOSSES && by_weight)
                gradient += by_weight[i];
            if (shaped)
            {
                float off = distance[i] - mean;
                gradient += (z_variance * (off * off - variance) - entropy * (log_share(weight, sum) + order)) / (sum * (float)*solid);
            }
        }
        if (LOSSES && distortion != 0)
        {
            float at_distance = live ? distance[i] : 0, weight_from = weight, moment_from = weight * at_distance;
            sum_from_behind(weight_from, moment_from, lane);
            // Of those behind this sample, and of those before it.
            float w1 = weight_after + weight_from - weight, m1 = moment_after + moment_from - weight * at_distance;
            float w0 = whole - w1 - weight, m0 = moment - m1 - weight * at_distance;
            if (live)
                gradient += distortion * (2 * (at_distance * w0 - m0 + m1 - at_distance * w1) + 2.0f / 3 * weight * step);
            weight_after += shuffle(weight_from, leader);
            moment_after += shuffle(moment_from, leader);
        }
        float later = weight, carried = weight * gradient;
        sum_from_behind(later, carried, lane);
        float after = transmittance + later - weight;
        float back = behind + carried - weight * gradient;
        if (live && exists)
        {
            density[i] = step * (after * gradient - back);
            red[i] = weight * gr;
            green[i] = weight * gg;
            blue[i] = weight * gb;
        }
        transmittance += shuffle(later, leader);
        behind += shuffle(carried, leader);
    }
    for (int i = end + lane; i < all && exists; i += LANES)
        density[i] = red[i] = green[i] = blue[i] = 0;
}
#define BACKWARD(name, losses) \
    extern "C" __global__ void __launch_bounds__(256) name( \
        const int* starts, const int* used, const float* weights, float* density, float* red, float* green, float* blue, \
        const float* distance, float step, const float* backgrounds, int rays, int pixels, const float* opacities, \
        const float* color_gradient, const float* opacity_gradient, const float* depth_gradient, float sparsity, float opaque, \
        float z_variance, float entropy, float distortion, const int* solid, const float* by_weight) \
    { \
        backward<losses>( \
            starts, used, weights, density, red, green, blue, distance, step, backgrounds, rays, pixels, opacities, color_gradient, \
            opacity_gradient, depth_gradient, sparsity, opaque, z_variance, entropy, distortion, solid, by_weight); \
    } \
    KERNEL(name)

BACKWARD(composite_backward, false)
BACKWARD(composite_backward_with_losses, true)
