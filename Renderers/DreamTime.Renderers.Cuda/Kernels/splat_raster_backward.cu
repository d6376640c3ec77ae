// From the gradient of an image to what each instance of a Gaussian has of it, tile by tile, as SplatRasteriser does.
#include "patch.h"

// Instances that wait in shared memory.
#define BATCH 64
// Sums of an instance over a tile, and what they take in memory.
#define SUMS 10
#define SUMS_STRIDE (4 * ROW_QUADS)

// Of two values, the sum over this lane and the one at the other side of a bit: of the first where the lane's bit is 0, of the second where it is 1.
INLINE float fold(float first, float second, int by)
{
    int upper = thread_index() & by;
    return (upper ? second : first) + exchange(upper ? first : second, by);
}

// Ten values summed over the warp in twelve exchanges: each halves what a lane still has to sum. Returns the sum of the value that slot_of says.
INLINE float sum_ten(const float* v)
{
    float a0 = fold(v[0], v[5], 16), a1 = fold(v[1], v[6], 16), a2 = fold(v[2], v[7], 16), a3 = fold(v[3], v[8], 16), a4 = fold(v[4], v[9], 16);
    float b0 = fold(a0, a3, 8), b1 = fold(a1, a4, 8), b2 = fold(a2, 0, 8);
    float c = fold(fold(b0, b2, 4), fold(b1, 0, 4), 2);
    return c + exchange(c, 1);
}

// Which of the ten a lane ends with; -1 for one that another lane has, or none.
INLINE int slot_of(int lane)
{
    int upper = lane & 16 ? 5 : 0, within = (lane & 8 ? 3 : 0) + (lane & 4 ? 2 : 0) + (lane & 2 ? 1 : 0);
    int none = lane & 1 || (lane & 4 && (lane & 2 || lane & 8));
    return none ? -1 : upper + within;
}

// A pixel on the way back: what still arrives, what the rest of it is worth, and its gradients.
struct Return
{
    float through, behind, red, green, blue, depth;
};

// Passes a Gaussian, and writes the pixel's terms of its sums.
INLINE void pass(Return& pixel, Row row, float dx, float dy, float alpha, float* terms)
{
    int limited = alpha > MOST_ALPHA, drawn = alpha >= LEAST_ALPHA && pixel.through >= OPAQUE;
    alpha = drawn ? smaller(alpha, MOST_ALPHA) : 0;
    float weight = alpha * pixel.through, value = pixel.red * row.red + pixel.green * row.green + pixel.blue * row.blue + pixel.depth * row.distance;
    pixel.behind -= weight * value;
    // What is behind, the background and the wish for opacity included, is seen through 1 - alpha.
    float e = limited ? 0 : alpha * (pixel.through * value - pixel.behind * reciprocal(1 - alpha)), ex = e * dx, ey = e * dy;
    pixel.through -= weight;
    float mine[SUMS] = {ex, ey, ex * dx, ex * dy, ey * dy, e, weight * pixel.red, weight * pixel.green, weight * pixel.blue, weight * pixel.depth};
#pragma unroll
    for (int k = 0; k < SUMS; k++)
        terms[k] = mine[k];
}

// Gradients of color [views][3][pixels], opacity and depth [views][pixels], each null for none; the images are what splat_raster made. sums: receives for each instance, over its tile,
// with e for the gradient of alpha's logarithm: e dx, e dy, e dx^2, e dx dy, e dy^2, e, and the gradients of red, green, blue and distance; all 0 where nothing of it is drawn.
// What lies behind a Gaussian is the whole, which the image knows, less what has passed.
extern "C" __global__ void __launch_bounds__(256) splat_raster_backward(
    const int* starts, const int* instances, const int* of, const quad* rows, int columns, int tiles, int height, int width,
    const float* color, const float* opacities, const float* depths, const float* color_gradient, const float* opacity_gradient, const float* depth_gradient, float* sums)
{
    __shared__ quad batch[ROW_QUADS][BATCH];
    __shared__ int waiting_instances[BATCH];
    __shared__ float parts[WARPS][SUMS * BATCH];
    __shared__ int unfinished[WARPS];
    int thread = thread_index(), warp = thread / 32, slot = slot_of(thread % 32), view = block_index() / tiles, end = starts[block_index() + 1];
    Place place = place_of(block_index() % tiles, columns);
    float px = (float)place.x + 0.5f, py = (float)place.y + 0.5f;
    int exists = place.x < width && place.y < height, live = 1;
    Return pixel = {exists ? 1.0f : 0.0f, 0, 0, 0, 0, 0};
    if (exists)
    {
        int pixels = height * width, at = view * pixels + place.y * width + place.x;
        long long first = at + 2ll * view * pixels;
        if (color_gradient)
        {
            pixel.red = color_gradient[first];
            pixel.green = color_gradient[first + pixels];
            pixel.blue = color_gradient[first + 2 * pixels];
            pixel.behind = pixel.red * color[first] + pixel.green * color[first + pixels] + pixel.blue * color[first + 2 * pixels];
        }
        if (depth_gradient)
        {
            pixel.depth = depth_gradient[at];
            pixel.behind += pixel.depth * depths[at];
        }
        if (opacity_gradient)
            pixel.behind -= opacity_gradient[at] * (1 - opacities[at]);
    }
    int begin = starts[block_index()];
    for (; begin < end; begin += BATCH)
    {
        unfinished[warp] = live;
        block_barrier();
        int any = 0;
        for (int w = 0; w < WARPS; w++)
            any |= unfinished[w];
        if (!any)
            break;
        int waiting = end - begin < BATCH ? end - begin : BATCH;
        if (thread < waiting)
        {
            int instance = instances[begin + thread];
            const quad* row = rows + ROW_QUADS * of[instance];
            waiting_instances[thread] = instance;
            for (int k = 0; k < ROW_QUADS; k++)
                batch[k][thread] = row[k];
        }
        for (int k = thread; k < WARPS * SUMS * BATCH; k += 32 * WARPS)
            parts[0][k] = 0;
        block_barrier();
        for (int first = 0; first < waiting && live; first += 32)
        {
            for (unsigned left = reaching(batch[2], first, waiting, place); left;)
            {
                int one = first + take(left), more = left != 0, two = more ? first + take(left) : one;
                Row a = unpack(batch[0][one], batch[1][one], batch[2][one]), b = unpack(batch[0][two], batch[1][two], batch[2][two]);
                float ax = px - a.x, ay = py - a.y, bx = px - b.x, by = py - b.y, alpha_a = alpha_of(a, ax, ay), alpha_b = alpha_of(b, bx, by);
                alpha_b = more ? alpha_b : 0;
                if (!any_of(alpha_a >= LEAST_ALPHA || alpha_b >= LEAST_ALPHA))
                    continue;
                float terms_a[SUMS], terms_b[SUMS];
                pass(pixel, a, ax, ay, alpha_a, terms_a);
                pass(pixel, b, bx, by, alpha_b, terms_b);
                float sum_a = sum_ten(terms_a), sum_b = sum_ten(terms_b);
                if (slot >= 0)
                    parts[warp][SUMS * one + slot] = sum_a;
                if (slot >= 0 && more)
                    parts[warp][SUMS * two + slot] = sum_b;
            }
            live = any_of(pixel.through >= OPAQUE);
        }
        block_barrier();
        for (int k = thread; k < SUMS * waiting; k += 32 * WARPS)
        {
            float sum = 0;
            for (int w = 0; w < WARPS; w++)
                sum += parts[w][k];
            sums[(long long)SUMS_STRIDE * waiting_instances[k / SUMS] + k % SUMS] = sum;
        }
    }
    for (long long k = (long long)SUMS_STRIDE * begin + thread; k < (long long)SUMS_STRIDE * end; k += 32 * WARPS)
        sums[(long long)SUMS_STRIDE * instances[k / SUMS_STRIDE] + k % SUMS_STRIDE] = 0;
}
KERNEL(splat_raster_backward)
