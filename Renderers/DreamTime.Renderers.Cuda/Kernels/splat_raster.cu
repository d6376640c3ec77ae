// Composites the Gaussians of a tile, nearest first, as SplatRasteriser does. A block is a tile, a warp a patch of 8 x 4 of its pixels, which passes over what does not reach the patch.
#include "splat.h"

#define WARPS 8
// Instances that wait in shared memory, forward and backward.
#define BATCH 256
#define BATCH_BACK 64
// Sums of an instance over a tile, and what they take in memory.
#define SUMS 10
#define SUMS_STRIDE (4 * ROW_QUADS)

// A thread's pixel and the warp's patch.
struct Place
{
    int x, y, left, top;
};

INLINE Place place_of(int tile, int columns)
{
    int thread = thread_index(), warp = thread / 32, lane = thread % 32;
    int left = tile % columns * TILE + warp % 2 * 8, top = tile / columns * TILE + warp / 2 * 4;
    return {left + lane % 8, top + lane / 8, left, top};
}

// Whether a Gaussian, of which this is the third quad, reaches the patch.
INLINE int reaches(quad third, Place place)
{
    unsigned columns = bits_of(third.z), rows = bits_of(third.w);
    int first_column = columns & 0xFFFF, last_column = columns >> 16, first_row = rows & 0xFFFF, last_row = rows >> 16;
    return first_column < place.left + 8 && last_column >= place.left && first_row < place.top + 4 && last_row >= place.top;
}

// Of the 32 from the first on, those that reach the patch, a bit each: a lane looks at one.
INLINE unsigned reaching(const quad* thirds, int first, int waiting, Place place)
{
    int k = first + (int)thread_index() % 32;
    return lanes_that(k < waiting && reaches(thirds[k < waiting ? k : first], place));
}

// Not limited; dx and dy lead from the Gaussian's centre to the pixel's.
INLINE float alpha_of(Row row, float dx, float dy) { return row.opacity * exponential(-0.5f * (row.a * dx * dx + row.c * dy * dy) - row.b * dx * dy); }

// opacities and depths: null where nobody asks.
extern "C" __global__ void __launch_bounds__(256) splat_raster(
    const int* starts, const int* instances, const int* of, const quad* rows, const float* views, int shows_background, int columns, int tiles, int height, int width,
    float* color, float* opacities, float* depths)
{
    __shared__ quad batch[ROW_QUADS][BATCH];
    __shared__ int unfinished[WARPS];
    int thread = thread_index(), view = block_index() / tiles, end = starts[block_index() + 1];
    Place place = place_of(block_index() % tiles, columns);
    float px = (float)place.x + 0.5f, py = (float)place.y + 0.5f;
    int exists = place.x < width && place.y < height, live = 1;
    float through = exists ? 1 : 0, red = 0, green = 0, blue = 0, depth = 0;
    for (int begin = starts[block_index()]; begin < end; begin += BATCH)
    {
        unfinished[thread / 32] = live;
        block_barrier();
        int any = 0;
        for (int warp = 0; warp < WARPS; warp++)
            any |= unfinished[warp];
        if (!any)
            break;
        if (begin + thread < end)
        {
            const quad* row = rows + ROW_QUADS * of[instances[begin + thread]];
            for (int k = 0; k < ROW_QUADS; k++)
                batch[k][thread] = row[k];
        }
        block_barrier();
        int waiting = end - begin < BATCH ? end - begin : BATCH;
        for (int first = 0; first < waiting && live; first += 32)
        {
              for (unsigned left = reaching(batch[2], first, waiting, place); left; left &= left - 1)
                {
                    int k = first + __builtin_ctz(left);
                    Row row = unpack(batch[0][k], batch[1][k], batch[2][k]);
                    float alpha = smaller(MOST_ALPHA, alpha_of(row, px - row.x, py - row.y));
                    if (alpha >= LEAST_ALPHA && through >= OPAQUE)
                    {
                        float weight = alpha * through;
                        red += weight * row.red;
                        green += weight * row.green;
                        blue += weight * row.blue;
                        depth += weight * row.distance;
                        through -= weight;
                    }
                }
              live = any_of(through >= OPAQUE);
        }
    }
    if (!exists)
        return;
    int pixels = height * width, pixel = place.y * width + place.x;
    Vector behind = (shows_background ? 1.0f : 0.0f) * background_of(views, view);
    float* to = color + 3ll * view * pixels + pixel;
    to[0] = red + through * behind.x;
    to[pixels] = green + through * behind.y;
    to[2 * pixels] = blue + through * behind.z;
    if (opacities)
        opacities[view * pixels + pixel] = 1 - through;
    if (depths)
        depths[view * pixels + pixel] = depth;
}
KERNEL(splat_raster)

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

// Gradients of color [views][3][pixels], opacity and depth [views][pixels], each null for none; the images are what splat_raster made. sums: receives for each instance, over its tile,
// with e for the gradient of alpha's logarithm: e dx, e dy, e dx^2, e dx dy, e dy^2, e, and the gradients of red, green, blue and distance; all 0 where nothing of it is drawn.
// What lies behind a Gaussian is the whole, which the image knows, less what has passed.
extern "C" __global__ void __launch_bounds__(256) splat_raster_backward(
    const int* starts, const int* instances, const int* of, const quad* rows, int columns, int tiles, int height, int width,
    const float* color, const float* opacities, const float* depths, const float* color_gradient, const float* opacity_gradient, const float* depth_gradient, float* sums)
{
    __shared__ quad batch[ROW_QUADS][BATCH_BACK];
    __shared__ int waiting_instances[BATCH_BACK];
    __shared__ float parts[WARPS][SUMS * BATCH_BACK];
    __shared__ int unfinished[WARPS];
    int thread = thread_index(), warp = thread / 32, slot = slot_of(thread % 32), view = block_index() / tiles, end = starts[block_index() + 1];
    Place place = place_of(block_index() % tiles, columns);
    float px = (float)place.x + 0.5f, py = (float)place.y + 0.5f;
    int exists = place.x < width && place.y < height, live = 1;
    float through = exists ? 1 : 0, behind = 0, gr = 0, gg = 0, gb = 0, gd = 0;
    if (exists)
    {
        int pixels = height * width, at = view * pixels + place.y * width + place.x;
        long long first = at + 2ll * view * pixels;
        if (color_gradient)
        {
            gr = color_gradient[first];
            gg = color_gradient[first + pixels];
            gb = color_gradient[first + 2 * pixels];
            behind = gr * color[first] + gg * color[first + pixels] + gb * color[first + 2 * pixels];
        }
        if (depth_gradient)
        {
            gd = depth_gradient[at];
            behind += gd * depths[at];
        }
        if (opacity_gradient)
            behind -= opacity_gradient[at] * (1 - opacities[at]);
    }
    int begin = starts[block_index()];
    for (; begin < end; begin += BATCH_BACK)
    {
        unfinished[warp] = live;
        block_barrier();
        int any = 0;
        for (int w = 0; w < WARPS; w++)
            any |= unfinished[w];
        if (!any)
            break;
        int waiting = end - begin < BATCH_BACK ? end - begin : BATCH_BACK;
        if (thread < waiting)
        {
            int instance = instances[begin + thread];
            const quad* row = rows + ROW_QUADS * of[instance];
            waiting_instances[thread] = instance;
            for (int k = 0; k < ROW_QUADS; k++)
                batch[k][thread] = row[k];
        }
        for (int k = thread; k < WARPS * SUMS * BATCH_BACK; k += 32 * WARPS)
            parts[0][k] = 0;
        block_barrier();
        for (int first = 0; first < waiting && live; first += 32)
        {
            for (unsigned left = reaching(batch[2], first, waiting, place); left; left &= left - 1)
            {
                int k = first + __builtin_ctz(left);
                Row row = unpack(batch[0][k], batch[1][k], batch[2][k]);
                float dx = px - row.x, dy = py - row.y, alpha = alpha_of(row, dx, dy);
                int limited = alpha > MOST_ALPHA, drawn = alpha >= LEAST_ALPHA && through >= OPAQUE;
                if (!any_of(drawn))
                    continue;
                alpha = drawn ? smaller(alpha, MOST_ALPHA) : 0;
                float weight = alpha * through, value = gr * row.red + gg * row.green + gb * row.blue + gd * row.distance;
                behind -= weight * value;
                // What is behind, the background and the wish for opacity included, is seen through 1 - alpha.
                float e = limited ? 0 : alpha * (through * value - behind * reciprocal(1 - alpha));
                through -= weight;
                float ex = e * dx, ey = e * dy;
                float mine[SUMS] = {ex, ey, ex * dx, ex * dy, ey * dy, e, weight * gr, weight * gg, weight * gb, weight * gd};
                float sum = sum_ten(mine);
                if (slot >= 0)
                    parts[warp][SUMS * k + slot] = sum;
            }
            live = any_of(through >= OPAQUE);
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
    for (int k = SUMS_STRIDE * begin + thread; k < SUMS_STRIDE * end; k += 32 * WARPS)
        sums[(long long)SUMS_STRIDE * instances[k / SUMS_STRIDE] + k % SUMS_STRIDE] = 0;
}
KERNEL(splat_raster_backward)
