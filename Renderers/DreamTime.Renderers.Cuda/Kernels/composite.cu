// Emission and absorption along rays (Max 1995), forward and backward, as Compositing has it. A warp a ray, 32 samples at a time.
#include "kernel.h"

INLINE float sum_over_warp(float value)
{
    for (int by = 16; by > 0; by /= 2)
        value += shuffle_down(value, by);
    return shuffle(value, 0);
}

// Four sums at once, with 7 shuffles instead of 24: lanes 0, 8, 16 and 24 end up with those of a, b, c and d.
INLINE float four_sums_over_warp(float a, float b, float c, float d, int lane)
{
    float first = lane & 16 ? c : a, second = lane & 16 ? d : b;
    first += exchange(lane & 16 ? a : c, 16);
    second += exchange(lane & 16 ? b : d, 16);
    float one = lane & 8 ? second : first;
    one += exchange(lane & 8 ? first : second, 8);
    for (int by = 4; by > 0; by /= 2)
        one += exchange(one, by);
    return one;
}

// backgrounds: [views][3]. color: [views][3][pixels]. weights: receives each sample's weight, 0 behind the sample that ends the ray; null where nobody will ask.
extern "C" __global__ void __launch_bounds__(256) composite_forward(
    const int* starts, const float* density, const float* red, const float* green, const float* blue, const float* distance, float step, float early_stop,
    const float* backgrounds, int first, int rays, int pixels, float* color, float* opacities, float* depths, int* used, float* weights)
{
    int ray = global_index() / 32, lane = thread_index() % 32;
    if (ray >= rays)
        return;

    int begin = starts[ray], end = starts[ray + 1], taken = 0;
    float transmittance = 1, left = 1, r = 0, g = 0, b = 0, depth = 0;
    for (int at = begin; at < end; at += 32)
    {
        // All loads are under way before the first of them is waited for.
        int i = at + lane, inside = i < end;
        float thick = inside ? density[i] : 0, red_here = inside ? red[i] : 0, green_here = inside ? green[i] : 0, blue_here = inside ? blue[i] : 0;
        float distance_here = inside ? distance[i] : 0;
        float passing = inside ? exponential(thick * -step) : 1;
        float through = passing;
        for (int by = 1; by < 32; by *= 2)
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
        if (inside && weights)
            weights[i] = weight;
        // Those that take are the first ones: what they let through is left behind the last of them.
        int among = count_of(takes);
        if (among > 0)
            left = transmittance * shuffle(through, among - 1);
        taken += among;
        transmittance *= shuffle(through, 31);
    }
    float sum = four_sums_over_warp(r, g, b, depth, lane), opacity = 1 - left;
    int view = (first + ray) / pixels, pixel = (first + ray) % pixels, channel = lane / 8;
    if (lane % 8 == 0 && channel < 3)
        color[(3ll * view + channel) * pixels + pixel] = sum + left * backgrounds[3 * view + channel];
    if (lane == 24)
    {
        depths[first + ray] = sum;
        opacities[first + ray] = opacity;
        used[first + ray] = taken;
    }
}
KERNEL(composite_forward)

// Adds the number of rays with an opacity above 0.5.
extern "C" __global__ void __launch_bounds__(256) count_solid(const float* opacities, int rays, int* solid)
{
    __shared__ int counts[8];
    int thread = thread_index(), among = 0;
    for (int begin = block_index() * 256; begin < rays; begin += block_count() * 256)
        among += count_of(begin + thread < rays && opacities[begin + thread] > 0.5f);
    if (thread % 32 == 0)
        counts[thread / 32] = among;
    block_barrier();
    if (thread == 0)
    {
        int all = 0;
        for (int warp = 0; warp < 8; warp++)
            all += counts[warp];
        add(solid, all);
    }
}
KERNEL(count_solid)

// Each becomes its sum over this and the later lanes.
INLINE void sum_from_behind(float& a, float& b, int lane)
{
    for (int by = 1; by < 32; by *= 2)
    {
        float more = shuffle_down(a, by), most = shuffle_down(b, by);
        if (lane + by < 32)
        {
            a += more;
            b += most;
        }
    }
}

INLINE float log_share(float weight, float sum) { return logarithm(larger(weight / sum, 1e-10f)); }

// Gradients of color [views][3][pixels], opacity and depth [views][pixels], each null for none. Regularisers: sparsity, opaque and distortion are already divided by the rays.
// density, red, green and blue: receive their gradients; 0 behind the end of the ray.
// LOSSES: whether losses look at the weights along the rays; without them a thread needs fewer registers, and more rays are under way.
template <bool LOSSES> INLINE void backward(
    const int* starts, const int* used, const float* weights, float* density, float* red, float* green, float* blue, const float* distance, float step,
    const float* backgrounds, int rays, int pixels, const float* opacities, const float* color_gradient, const float* opacity_gradient, const float* depth_gradient,
    float sparsity, float opaque, float z_variance, float entropy, float distortion, const int* solid)
{
    int ray = global_index() / 32, lane = thread_index() % 32;
    if (ray >= rays)
        return;

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
    int shaped = LOSSES && (z_variance != 0 || entropy != 0) && opacity > 0.5f;
    if (shaped)
    {
        for (int i = begin + lane; i < end; i += 32)
        {
            sum += weights[i];
            mean += weights[i] * distance[i];
        }
        sum = sum_over_warp(sum);
        mean = sum_over_warp(mean) / sum;
        for (int i = begin + lane; i < end; i += 32)
        {
            variance += weights[i] * (distance[i] - mean) * (distance[i] - mean);
            order -= weights[i] / sum * log_share(weights[i], sum);
        }
        variance = sum_over_warp(variance) / sum;
        order = sum_over_warp(order);
    }

    float whole = 0, moment = 0, weight_after = 0, moment_after = 0;
    if (LOSSES && distortion != 0)
    {
        for (int i = begin + lane; i < end; i += 32)
        {
            whole += weights[i];
            moment += weights[i] * distance[i];
        }
        whole = sum_over_warp(whole);
        moment = sum_over_warp(moment);
    }

    const float* behind_all = backgrounds + 3 * view;
    float shade = gr * behind_all[0] + gg * behind_all[1] + gb * behind_all[2];
    float transmittance = 1 - opacity, behind = 0;
    for (int at = begin + (all - begin + 31) / 32 * 32 - 32; at >= begin; at -= 32)
    {
        int i = at + lane, live = i < end;
        float weight = live ? weights[i] : 0, gradient = 0;
        if (live)
        {
            gradient = gr * red[i] + gg * green[i] + gb * blue[i] - shade + by_opacity + by_depth * distance[i];
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
            weight_after += shuffle(weight_from, 0);
            moment_after += shuffle(moment_from, 0);
        }
        float later = weight, carried = weight * gradient;
        sum_from_behind(later, carried, lane);
        float after = transmittance + later - weight;
        float back = behind + carried - weight * gradient;
        if (i < all)
        {
            density[i] = live ? step * (after * gradient - back) : 0;
            red[i] = weight * gr;
            green[i] = weight * gg;
            blue[i] = weight * gb;
        }
        transmittance += shuffle(later, 0);
        behind += shuffle(carried, 0);
    }
}
#define BACKWARD(name, losses) \
    extern "C" __global__ void __launch_bounds__(256) name( \
        const int* starts, const int* used, const float* weights, float* density, float* red, float* green, float* blue, \
        const float* distance, float step, const float* backgrounds, int rays, int pixels, const float* opacities, \
        const float* color_gradient, const float* opacity_gradient, const float* depth_gradient, float sparsity, float opaque, \
        float z_variance, float entropy, float distortion, const int* solid) \
    { \
        backward<losses>( \
            starts, used, weights, density, red, green, blue, distance, step, backgrounds, rays, pixels, opacities, color_gradient, \
            opacity_gradient, depth_gradient, sparsity, opaque, z_variance, entropy, distortion, solid); \
    } \
    KERNEL(name)

BACKWARD(composite_backward, false)
BACKWARD(composite_backward_with_losses, true)
