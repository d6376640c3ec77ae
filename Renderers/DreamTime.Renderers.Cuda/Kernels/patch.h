// A block is a tile of an image, a warp a patch of 8 x 4 of its pixels, which passes over what does not reach the patch.
#pragma once
#include "splat.h"

#define WARPS 8

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

// The lowest bit's place; the bit is gone then.
INLINE int take(unsigned& bits)
{
    int lowest = __builtin_ctz(bits);
    bits &= bits - 1;
    return lowest;
}

// Not limited; dx and dy lead from the Gaussian's centre to the pixel's.
INLINE float alpha_of(Row row, float dx, float dy) { return row.opacity * exponential(-0.5f * (row.a * dx * dx + row.c * dy * dy) - row.b * dx * dy); }
