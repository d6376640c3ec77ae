// Composites the Gaussians of a tile, nearest first, as SplatRasteriser does.
#include "patch.h"

// Instances that wait in shared memory.
#define BATCH 256

struct Pixel
{
    float through, red, green, blue, depth;
};

INLINE void composite(Pixel& pixel, Row row, float alpha)
{
    if (alpha >= LEAST_ALPHA && pixel.through >= OPAQUE)
    {
        float weight = smaller(MOST_ALPHA, alpha) * pixel.through;
        pixel.red += weight * row.red;
        pixel.green += weight * row.green;
        pixel.blue += weight * row.blue;
        pixel.depth += weight * row.distance;
        pixel.through -= weight;
    }
}

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
    Pixel sum = {exists ? 1.0f : 0.0f, 0, 0, 0, 0};
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
              // Two at a time: the second's alpha need not wait for what the first lets through.
            for (unsigned left = reaching(batch[2], first, waiting, place); left;)
            {
                int one = first + take(left), more = left != 0, two = more ? first + take(left) : one;
                Row a = unpack(batch[0][one], batch[1][one], batch[2][one]), b = unpack(batch[0][two], batch[1][two], batch[2][two]);
                float alpha_a = alpha_of(a, px - a.x, py - a.y), alpha_b = alpha_of(b, px - b.x, py - b.y);
                composite(sum, a, alpha_a);
                composite(sum, b, more ? alpha_b : 0);
            }
            live = any_of(sum.through >= OPAQUE);
        }
    }
    if (!exists)
        return;
    int pixels = height * width, pixel = place.y * width + place.x;
    Vector behind = (shows_background ? 1.0f : 0.0f) * background_of(views, view);
    float* to = color + 3ll * view * pixels + pixel;
    to[0] = sum.red + sum.through * behind.x;
    to[pixels] = sum.green + sum.through * behind.y;
    to[2 * pixels] = sum.blue + sum.through * behind.z;
    if (opacities)
        opacities[view * pixels + pixel] = 1 - sum.through;
    if (depths)
        depths[view * pixels + pixel] = sum.depth;
}
KERNEL(splat_raster)
