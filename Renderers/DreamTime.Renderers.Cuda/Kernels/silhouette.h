// Where the surface of one of two neighbouring pixels ends between their centres, and the four such places around a pixel.
#pragma once
#include "kernel.h"

struct Silhouette
{
    // The edge's vertices; -1 for no silhouette.
    int from, to;
    // Whether the second pixel is the front one.
    int backwards;
    // How far the front one's surface reaches, and how much of the edge is these two pixels'.
    double reach, across;
};

INLINE Silhouette no_silhouette() { return {-1, -1, 0, 0, 0}; }

INLINE void store_silhouette(Silhouette s, int slot, int* ends, double* shape)
{
    ends[2 * slot] = s.from < 0 ? -1 : s.from << 1 | s.backwards;
    if (s.from < 0)
        return;
    ends[2 * slot + 1] = s.to;
    shape[2 * slot] = s.reach;
    shape[2 * slot + 1] = s.across;
}

INLINE Silhouette load_silhouette(int slot, const int* ends, const double* shape)
{
    int first = ends[2 * slot];
    if (first < 0)
        return no_silhouette();
    return {first >> 1, ends[2 * slot + 1], first & 1, shape[2 * slot], shape[2 * slot + 1]};
}

// Of a pixel, its upper, left, right and lower neighbour. is_mixed: the pixel is mixed with that neighbour; is_other: the neighbour is mixed with the pixel.
struct Around
{
    int slot[4], offset[4], is_mixed[4], is_other[4];
    float weight[4];
};

// item: within all images with their margin, not of the margin.
INLINE Around around_of(int item, int width, const int* ends, const double* shape)
{
    Around around = {{2 * (item - width) + 1, 2 * (item - 1), 2 * item, 2 * item + 1}, {-width, -1, 1, width}, {}, {}, {}};
    for (int k = 0; k < 4; k++)
    {
        Silhouette s = load_silhouette(around.slot[k], ends, shape);
        if (s.from < 0)
            continue;
        int pixel_is_first = k >= 2, front_is_pixel = pixel_is_first != s.backwards, mixed_is_pixel = (s.reach < 0.5) == front_is_pixel;
        double off = s.reach < 0.5 ? 0.5 - s.reach : s.reach - 0.5;
        around.is_mixed[k] = mixed_is_pixel;
        around.is_other[k] = !mixed_is_pixel;
        around.weight[k] = (float)(s.across * off);
    }
    return around;
}
