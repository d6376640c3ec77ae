// A point light, as Shading has it: [6]: place, ambient and diffuse share, 1 for white instead of the albedo.
#pragma once
#include "kernel.h"
#include "vector.h"

INLINE int is_plain(const float* light) { return light[3] == 1 && light[4] == 0 && light[5] == 0; }

// The direction of the light; 0 in the light itself.
INLINE Point towards(const float* light, Point place)
{
    Point v = {light[0] - place.x, light[1] - place.y, light[2] - place.z};
    float square = inner(v, v);
    return times(v, square > 0 ? 1 / square_root(square) : 0);
}

INLINE float brightness_of(const float* light, Point normal, Point place) { return light[3] + light[4] * larger(0, inner(normal, towards(light, place))); }

struct BrightnessSlope
{
    Point by_normal, by_place;
};

INLINE BrightnessSlope brightness_slope(const float* light, Point normal, Point place)
{
    Point to = towards(light, place), off = {light[0] - place.x, light[1] - place.y, light[2] - place.z};
    float cosine = inner(normal, to);
    if (!(cosine > 0))
        return {{0, 0, 0}, {0, 0, 0}};
    return {times(to, light[4]), times(minus(times(to, cosine), normal), light[4] / square_root(inner(off, off)))};
}
